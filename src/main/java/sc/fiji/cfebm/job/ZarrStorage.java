package sc.fiji.cfebm.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.OmeZarr;
import sc.fiji.cfebm.volume.OmeZarrTarget;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeException;
import sc.fiji.cfebm.volume.VolumeTarget;

/** Volumes in OME-Zarr. A result has its plan in it, so that it can be gone on with, and is not mixed with another one. */
public final class ZarrStorage implements Storage {

	private static final String PLAN = "cfebm-plan.json", ENDING = ".zarr";

	@Override
	public Volume open(final Path input) throws IOException {
		return OmeZarr.open(input);
	}

	/** The version of zarr of a volume, 2 or 3; 0 for others. */
	public static int version(final Volume volume) {
		return volume instanceof OmeZarr ? ((OmeZarr) volume).version() : 0;
	}

	@Override
	public boolean canWrite(final Path output) {
		return output.getFileName() != null && output.getFileName().toString().endsWith(ENDING);
	}

	@Override
	public VolumeTarget create(final Plan plan, final Volume source) throws IOException {
		final Path folder = Path.of(plan.output()), known = folder.resolve(PLAN);
		if (folder.startsWith(Path.of(plan.input()))) throw new VolumeException("The result " + folder +
			" would lie in the volume it is made of: choose another place.");
		if (Files.exists(known)) {
			if (!Files.readString(known).equals(plan.toJson())) throw new VolumeException("The result " + folder +
				" is there already and was made by another plan: delete it, or choose another name.");
		}
		else {
			// Another program may have begun meanwhile, which writes the plan first.
			if (Files.exists(folder) && !isEmpty(folder) && !Files.exists(known)) throw new VolumeException("There is something else at " + folder +
				", where the result is to be: choose another name.");
			try {
				Files.createDirectories(folder);
				AtomicFile.write(known, out -> out.write(plan.toJson().getBytes(StandardCharsets.UTF_8)));
			}
			catch (final IOException e) {
				throw new VolumeException("The result cannot be written to " + folder + ": files cannot be made there.", e);
			}
		}
		AtomicFile.sweep(folder);
		return new OmeZarrTarget(folder, made(plan, source.layout()), plan.isOfAnomalies() ? unseen(source.metadata()) : source.metadata(),
			new OmeZarrTarget.Format(plan.zarr() == 2 ? 4 : 5, plan.made(plan.block()), plan.levels()));
	}

	/** What a plan makes of a volume. */
	private static Layout made(final Plan plan, final Layout of) {
		final Layout all = of.with(plan.type());
		return plan.isOfAnomalies() && plan.colors() >= 0 ? all.single(plan.colors()) : all;
	}

	/** Without the gray values that the volume is shown with: a map has others. */
	private static OmeMetadata unseen(final OmeMetadata of) {
		return new OmeMetadata(of.name(), null, of.levels(), of.fill());
	}

	/** Whether there is nothing in a folder but what another program is about to write. */
	private static boolean isEmpty(final Path folder) throws IOException {
		if (!Files.isDirectory(folder)) return false;
		try (Stream<Path> files = Files.list(folder)) {
			return files.allMatch(file -> AtomicFile.isTemporary(file.getFileName().toString()));
		}
	}
}
