package sc.fiji.cfebm.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.OmeZarrTarget;
import sc.fiji.cfebm.volume.PixelType;

/** Small noisy volumes on disk. */
public final class TestVolumes {

	public static final Path MODEL = Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm"), COLOR = MODEL.resolveSibling(
		"photo-color.cfebm");
	public static final double SIGMA = 60;

	private TestVolumes() {}

	/**
	 * Writes one.
	 *
	 * @param axes its dimensions' names, such as {@code xyz}
	 */
	public static Path write(final Path folder, final int ome, final String axes, final long... size) throws IOException {
		final List<Axis> all = new ArrayList<>();
		final int[] block = new int[size.length];
		for (int d = 0; d < size.length; d++) {
			final String name = axes.substring(d, d + 1);
			all.add(name.equals("c") ? new Axis("c", "channel", "", 1, 0) : new Axis(name, name.equals("t") ? "time" : "space", name.equals("t")
				? "second" : "micrometer", 0.5, 0));
			block[d] = d < 2 ? 64 : 1;
		}
		final Layout layout = new Layout(size, all, PixelType.UINT16);
		final OmeZarrTarget target = new OmeZarrTarget(folder, layout, new OmeMetadata("waves", null, List.of(), 0), new OmeZarrTarget.Format(ome,
			block, List.of()));
		final SplittableRandom random = new SplittableRandom(7);
		final long[] min = new long[size.length];
		do {
			final int[] part = new int[size.length];
			Arrays.setAll(part, d -> (int) Math.min(block[d], size[d] - min[d]));
			final float[] values = new float[Arrays.stream(part).reduce(1, (a, b) -> a * b)];
			// Channels differ in brightness and in noise.
			final double channel = axes.indexOf('c') < 0 ? 1 : 1 + min[axes.indexOf('c')];
			for (int i = 0; i < values.length; i++) {
				final double x = min[0] + i % part[0], y = min[1] + i / part[0] % part[1];
				values[i] = (float) (channel * (1000 + 300 * Math.sin(0.05 * x) * Math.cos(0.06 * y) + SIGMA * random.nextGaussian()));
			}
			target.write(min, part, values);
		}
		while (next(min, size, block));
		return folder;
	}

	private static boolean next(final long[] at, final long[] size, final int[] step) {
		for (int d = 0; d < at.length; d++) {
			at[d] += step[d];
			if (at[d] < size[d]) return true;
			at[d] = 0;
		}
		return false;
	}

	/** All files of a folder but the plan, which names the folder, and what killed programs have left. */
	public static Map<String, List<Byte>> files(final Path folder) throws IOException {
		final Map<String, List<Byte>> files = new TreeMap<>();
		try (Stream<Path> all = Files.walk(folder)) {
			for (final Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
				final String name = file.getFileName().toString();
				if (name.equals("cfebm-plan.json") || name.endsWith(".tmp")) continue;
				final List<Byte> bytes = new ArrayList<>();
				for (final byte b : Files.readAllBytes(file))
					bytes.add(b);
				files.put(folder.relativize(file).toString(), bytes);
			}
		}
		return files;
	}
}
