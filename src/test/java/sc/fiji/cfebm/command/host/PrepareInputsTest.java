package sc.fiji.cfebm.command.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.awt.Window;
import java.awt.event.WindowEvent;
import java.io.File;
import java.lang.reflect.Proxy;
import java.util.Arrays;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.ui.UIService;
import org.scijava.ui.UserInterface;

import ij.IJ;
import ij.ImagePlus;
import sc.fiji.cfebm.command.DenoiseCommand;
import sc.fiji.cfebm.ui.InputDialog;

/** What a script gives a command, without a user interface and with one. */
class PrepareInputsTest {

	private final ImagePlus image = IJ.createImage("cells", 9, 9, 1, 8);
	private final PrepareInputs prepare = new PrepareInputs();
	private Context context;

	@BeforeEach
	void open() {
		context = new Context(CommandService.class, ModuleService.class, UIService.class);
		prepare.setContext(context);
	}

	@AfterEach
	void close() {
		context.dispose();
	}

	private Module module(final Object... inputs) {
		final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
			DenoiseCommand.class));
		for (int i = 0; i < inputs.length; i += 2) {
			module.setInput((String) inputs[i], inputs[i + 1]);
			module.resolveInput((String) inputs[i]);
		}
		return module;
	}

	private static void assertResolved(final Module module) {
		for (final var input : ((HostedCommand) module.getDelegateObject()).inputs())
			assertTrue(module.isInputResolved(input.getName()), input.getName());
	}

	/** It does nothing. */
	private void addUserInterface() {
		context.service(UIService.class).setDefaultUI((UserInterface) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {
			UserInterface.class }, (proxy, method, arguments) -> method.getReturnType() == boolean.class ? false : method
				.getReturnType() == double.class ? (Object) 0. : null));
	}

	@Test
	void withoutAUserInterfaceWhatIsLeftOutHasItsDefault() {
		final Module module = module("image", image, "sigma", 3.0);
		prepare.process(module);
		assertFalse(prepare.isCanceled());
		assertResolved(module);
		assertEquals(3.0, module.getInput("sigma"));
		assertEquals("One step", module.getInput("method"));
		assertNull(module.getInput("model"));
	}

	@Test
	void whereAllIsGivenThatADialogShowsFirstNoneOpens() {
		addUserInterface();
		final Module module = module("image", image, "model", new File("nuclei"), "method", "Posterior", "sigma", 3.0);
		prepare.process(module);
		assertResolved(module);
		assertEquals("Posterior", module.getInput("method"));
	}

	@Test
	void aDialogAsksForWhatIsNotGiven() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		addUserInterface();
		final Module module = module("image", image, "model", new File("nuclei"));
		final Thread script = new Thread(() -> prepare.process(module));
		script.start();
		Window dialog = null;
		while (dialog == null && script.isAlive())
			dialog = Arrays.stream(Window.getWindows()).filter(window -> window instanceof InputDialog && window.isShowing()).findFirst()
				.orElse(null);
		assertNotNull(dialog);
		final Window shown = dialog;
		// ImageJ's dialog misses a close that comes between its being shown and its wait for it.
		while (script.isAlive()) {
			EventQueue.invokeAndWait(() -> shown.dispatchEvent(new WindowEvent(shown, WindowEvent.WINDOW_CLOSING)));
			script.join(100);
		}
		assertTrue(prepare.isCanceled());
		assertResolved(module);
	}
}
