package sc.fiji.cfebm.training.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLogTest {

	private static final double NONE = Double.NaN;

	@TempDir
	Path dir;
	private final List<String> warnings = new ArrayList<>();

	private static TrainingStep step(final int stage, final int iteration, final int iterations) {
		return new TrainingStep(stage, 3, iteration, iterations, false, 0.5, 2e-3, 0.25, NONE, NONE, 0, iteration / 10.0, 60);
	}

	private TrainingLog log(final String name) {
		return new TrainingLog(dir.resolve(name), warnings::add);
	}

	@Test
	void valuesStandUnderTheirNamesAndWhatIsNotKnownIsEmpty() throws IOException {
		final Locale before = Locale.getDefault();
		Locale.setDefault(Locale.GERMANY);
		try (TrainingLog log = log("a.csv")) {
			log.step(new TrainingStep(0, 2, 1, 4, false, 0.125, 2e-3, 0.75, NONE, NONE, 0, 1.25, 60));
			log.step(new TrainingStep(1, 2, 2, 4, true, 1, 1e-5, NONE, -2, -2.5, 1, 7.5, 60));
			log.preview(new Preview(null, List.of(), null, null, null, 14.25, 30.5));
			log.step(new TrainingStep(1, 2, 3, 4, true, 1, 1e-5, NONE, 12345678, Double.POSITIVE_INFINITY, 2, 8, NONE));
		}
		finally {
			Locale.setDefault(before);
		}
		assertEquals(List.of(
			"seconds,stage,pixels,iteration,iterations,phase,beta,learning rate,loss,E(data),E(samples),gap,rollbacks,PSNR noisy,PSNR denoised",
			"1.3,1,8,1,4,score matching,0.1250,0.002000,0.750000,,,,0,,",
			"7.5,2,16,2,4,contrastive,1.0000,1.000e-05,,-2.00000,-2.50000,0.500000,1,14.25,30.50",
			"8.0,2,16,3,4,contrastive,1.0000,1.000e-05,,1.23457e+07,,,2,,"), Files.readAllLines(dir.resolve("a.csv")));
		assertEquals(List.of(), warnings);
	}

	@Test
	void aLongStageHasFewRowsAmongThemTheFirstTheLastAndThePreviews() throws IOException {
		try (TrainingLog log = log("b.csv")) {
			for (int stage = 0; stage < 2; stage++)
				for (int t = 1; t <= 20_010; t++) {
					log.step(step(stage, t, 20_010));
					if (t == 777) log.preview(new Preview(null, List.of(), null, null, null, 1, 2));
				}
		}
		final List<String[]> rows = Files.readAllLines(dir.resolve("b.csv")).stream().skip(1).map(l -> l.split(",", -1))
			.toList();
		assertTrue(rows.size() > 900 && rows.size() < 1010, rows.size() + " rows");
		for (int stage = 1; stage <= 2; stage++) {
			final String name = Integer.toString(stage);
			final List<String> iterations = rows.stream().filter(r -> r[1].equals(name)).map(r -> r[3]).toList();
			assertEquals("1", iterations.get(0));
			assertEquals("20010", iterations.get(iterations.size() - 1));
			assertTrue(iterations.contains("777"));
		}
	}

	@Test
	void iterationsThatTheWatchdogTookBackStayAndAreFollowedByTheNewOnes() throws IOException {
		try (TrainingLog log = log("c.csv")) {
			for (final int t : new int[] { 1, 5000, 3000, 3010 })
				log.step(step(0, t, 100_000));
		}
		assertEquals(List.of("1", "5000", "3000", "3010"), Files.readAllLines(dir.resolve("c.csv")).stream().skip(1).map(
			l -> l.split(",")[3]).toList());
	}

	@Test
	void whatWasWrittenIsThereBeforeTheEnd() throws IOException {
		try (TrainingLog log = log("d.csv")) {
			assertFalse(Files.exists(dir.resolve("d.csv")));
			log.step(step(0, 1, 10));
			log.step(step(0, 2, 10));
			assertEquals(2, Files.readAllLines(dir.resolve("d.csv")).size());
		}
	}

	@Test
	void aDiskThatFailsIsMentionedOnce() {
		final Path file = dir.resolve("no such folder").resolve("e.csv");
		try (TrainingLog log = new TrainingLog(file, warnings::add)) {
			for (int t = 1; t <= 10; t++)
				log.step(step(0, t, 10));
		}
		assertEquals(List.of("The course of the training is not written to " + file +
			" (there is no such folder); the training goes on."), warnings);
	}

	@Test
	void anEarlierLogIsReplacedButNoOtherFile() throws IOException {
		for (int session = 0; session < 2; session++)
			try (TrainingLog log = log("f.csv")) {
				log.step(step(0, 1, 10));
			}
		assertEquals(2, Files.readAllLines(dir.resolve("f.csv")).size());
		final Path measurements = Files.writeString(dir.resolve("g.csv"), "Area,Mean\n1,2\n");
		try (TrainingLog log = log("g.csv")) {
			log.step(step(0, 1, 10));
			log.step(step(0, 2, 10));
		}
		assertEquals("Area,Mean\n1,2\n", Files.readString(measurements));
		assertEquals(1, warnings.size());
		assertTrue(warnings.get(0).contains("another file of that name"), warnings.get(0));
	}

	@Test
	void whatASessionLeftThatWasKilledAsItBeganIsReplaced() throws IOException {
		for (final String left : List.of("", "seconds,sta")) {
			Files.writeString(dir.resolve("h.csv"), left);
			try (TrainingLog log = log("h.csv")) {
				log.step(step(0, 1, 10));
			}
			assertEquals(2, Files.readAllLines(dir.resolve("h.csv")).size());
		}
		assertEquals(List.of(), warnings);
	}

	@Test
	void itsNameIsTheModels() {
		assertEquals(Path.of("x/nuclei.csv"), TrainingLog.beside(Path.of("x/nuclei.cfebm")));
		assertEquals(Path.of("nuclei.csv"), TrainingLog.beside(Path.of("nuclei.CFEBM")));
		assertEquals(Path.of("v1.2.csv"), TrainingLog.beside(Path.of("v1.2")));
	}
}
