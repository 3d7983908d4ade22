package sc.fiji.cfebm.training.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Writes a training's course as a CSV file: one row for at most about 500 iterations of each stage and phase, with the
 * values of that one iteration, and one row per preview. Stages count from 1; what is not known is empty. The file is
 * written anew by each session, from the course that a resumed training repeats. A disk that fails is mentioned once and
 * does not stop the training.
 */
public final class TrainingLog implements TrainingMonitor, AutoCloseable {

	private static final String HEADER = "seconds,stage,pixels,iteration,iterations,phase,beta,learning rate,loss," +
		"E(data),E(samples),gap,rollbacks,PSNR noisy,PSNR denoised";
	private static final int ROWS = 500;
	private static final double PREVIEW_SECONDS = 60;

	private final Path file;
	private final Consumer<String> warnings;
	private final PreviewPacer pacer = new PreviewPacer(PREVIEW_SECONDS);
	private Writer writer;
	private boolean closed;
	private TrainingStep written, last;
	/** Of the last step; {@code null} if there was none. */
	private Preview preview;

	/**
	 * @param file is created at the first iteration; one that is there and is no such log is left alone
	 * @param warnings takes one line if the file cannot be written
	 */
	public TrainingLog(final Path file, final Consumer<String> warnings) {
		this.file = file;
		this.warnings = warnings;
	}

	/** The log of a model: {@code nuclei.csv} for {@code nuclei.cfebm}, in the same folder. */
	public static Path beside(final Path model) {
		return model.resolveSibling(model.getFileName().toString().replaceFirst("(?i)\\.cfebm$", "") + ".csv");
	}

	@Override
	public void step(final TrainingStep step) {
		writeLast(false);
		last = step;
		preview = null;
	}

	@Override
	public boolean wantsPreview() {
		return pacer.isDue();
	}

	@Override
	public void preview(final Preview made) {
		pacer.made();
		preview = made;
	}

	/** Writes the last iteration. */
	@Override
	public void close() {
		writeLast(true);
		stop();
	}

	private void writeLast(final boolean always) {
		if (last == null || closed || !always && preview == null && !isDue()) return;
		try {
			if (writer == null) writer = open();
			writer.write(row());
			// What was written is there after a crash.
			writer.flush();
		}
		catch (final IOException e) {
			warnings.accept("The course of the training is not written to " + file + " (" + reason(e) +
				"); the training goes on.");
			stop();
		}
		written = last;
		last = null;
	}

	private boolean isDue() {
		if (written == null || written.stage() != last.stage() || written.contrastive() != last.contrastive()) return true;
		final int every = (int) ((last.iterations() + ROWS - 1L) / ROWS), since = last.iteration() - written.iteration();
		// The watchdog may have rolled back.
		return since >= every || since < 0 || last.iteration() == last.iterations();
	}

	private Writer open() throws IOException {
		if (Files.exists(file)) try (InputStream in = Files.newInputStream(file)) {
			final byte[] header = HEADER.getBytes(StandardCharsets.UTF_8), begin = in.readNBytes(header.length);
			// A session that was killed as it began has left an empty file, or the beginning of one.
			if (!Arrays.equals(Arrays.copyOf(header, begin.length), begin)) throw new IOException("there is another file of that name");
		}
		final Writer to = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
		to.write(HEADER + "\n");
		return to;
	}

	private String row() {
		return String.join(",", number("%.1f", last.seconds()), Integer.toString(last.stage() + 1), Integer.toString(last
			.resolution()), Integer.toString(last.iteration()), Integer.toString(last.iterations()), last.contrastive()
				? "contrastive" : "score matching", number("%.4f", last.beta()), number("%.4g", last.learningRate()), number(
					"%.6g", last.loss()), number("%.6g", last.dataEnergy()), number("%.6g", last.sampleEnergy()), number("%.6g",
						last.gap()), Integer.toString(last.rollbacks()), preview == null ? "" : number("%.2f", preview.noisyPsnr()),
			preview == null ? "" : number("%.2f", preview.denoisedPsnr())) + "\n";
	}

	private static String number(final String format, final double value) {
		return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
	}

	private static String reason(final IOException e) {
		return e instanceof java.nio.file.AccessDeniedException ? "access is denied"
			: e instanceof java.nio.file.NoSuchFileException ? "there is no such folder" : e.getMessage();
	}

	private void stop() {
		closed = true;
		if (writer != null) try {
			writer.close();
		}
		catch (final IOException e) {
			// Every row was flushed, or the warning has been given.
		}
		writer = null;
	}
}
