package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.platform.EngineInfo;
import sc.fiji.cfebm.task.SelfTest;

/** What the check makes of what it finds; the package's test runs it as a whole. */
class CheckInstallationTest {

	@Test
	void anInstallationIsAllRightOrHasOneProblem() {
		final EngineInfo facts = EngineInfo.read();
		assertNull(CheckInstallationCommand.problem(facts, true, true));
		assertTrue(CheckInstallationCommand.problem(facts, false, true).startsWith("The engine computes wrongly on this computer"));
		assertTrue(CheckInstallationCommand.problem(facts, true, false).startsWith("The models that come with the plugin are missing"));
		assertEquals("ND4J is installed more than once: remove all but one of /a.jar, /b.jar.", CheckInstallationCommand.problem(
			with(facts, true, "linux-x86_64", List.of("/a.jar", "/b.jar")), true, true));
		assertTrue(CheckInstallationCommand.problem(with(facts, false, "windows-x86_64", List.of("/a.jar")), true, true).startsWith(
			"ND4J's build without oneDNN is installed"));
		// No build with oneDNN exists for these.
		assertNull(CheckInstallationCommand.problem(with(facts, false, "macosx-arm64", List.of("/a.jar")), true, true));
	}

	private static EngineInfo with(final EngineInfo f, final boolean oneDnn, final String platform, final List<String> sources) {
		return new EngineInfo(f.nd4j(), f.javacpp(), f.backend(), oneDnn, f.threads(), platform, f.maxBytes(), f
			.maxPhysicalBytes(), f.memory(), f.cache(), sources);
	}

	@Test
	void theSelfTestMeasuresRoundingAlone() {
		final SelfTest test = SelfTest.run();
		assertTrue(test.passed(), test.toString());
		assertTrue(test.energyError() > 0 && test.gradientError() > 0, test.toString());
		assertTrue(test.millisecondsPerStep() > 0);
	}

	@Test
	void aWrongEnergyOrGradientIsNoPass() {
		assertFalse(new SelfTest(0.01, 1e-6, 1).passed());
		assertFalse(new SelfTest(1e-6, 0.01, 1).passed());
		assertFalse(new SelfTest(Double.NaN, 1e-6, 1).passed());
		assertFalse(new SelfTest(1e-6, Double.NaN, 1).passed());
	}
}
