package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Component;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;

import javax.swing.BoxLayout;
import javax.swing.JCheckBox;
import javax.swing.JComboBox;
import javax.swing.JLabel;
import javax.swing.JPanel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.service.Service;
import org.scijava.widget.AbstractInputPanel;
import org.scijava.widget.AbstractInputWidget;
import org.scijava.widget.InputWidget;
import org.scijava.widget.WidgetModel;
import org.scijava.widget.WidgetService;

import ij.gui.GenericDialog;
import sc.fiji.cfebm.ui.AdvancedOptions;
import sc.fiji.cfebm.ui.InputDialog;
import sc.fiji.cfebm.ui.ModelField;
import sc.fiji.cfebm.ui.ModelWidget;

/** The dialogs of all commands, in plain ImageJ and in SciJava. */
class DialogsTest {

	private static Context context;

	@BeforeAll
	static void open() {
		context = new Context(CommandService.class, ModuleService.class, WidgetService.class);
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	/** Ready to be asked about. */
	private static List<Module> modules() throws Exception {
		final List<Module> modules = new ArrayList<>();
		for (final String type : PluginsConfig.commands()) {
			assertNotNull(context.service(CommandService.class).getCommand(type), type);
			final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
				type));
			if (module.getInfo().getInput("image") != null) module.setInput("image", ij.IJ.createHyperStack("cells", 9, 8, 2, 3, 4, 8));
			module.initialize();
			modules.add(module);
		}
		return modules;
	}

	private static List<ModuleItem<?>> asked(final Module module) {
		return InputDialog.inputs(module).stream().filter(input -> CommandExamples.isAsked(module, input)).toList();
	}

	@Test
	void theMenuOfPlainImageJHasEveryCommandUnderItsName() throws Exception {
		final List<String> titles = new ArrayList<>(), annotated = new ArrayList<>();
		for (final Module module : modules())
			titles.add(module.getInfo().getMenuPath().getMenuString());
		assertEquals(PluginsConfig.labels().stream().map(label -> "Plugins > CF-EBM > " + label).toList(), titles);
		for (final var info : context.service(CommandService.class).getCommands())
			if (info.getMenuPath().getMenuString().contains("CF-EBM")) annotated.add(info.getDelegateClassName());
		assertEquals(PluginsConfig.commands().stream().sorted().toList(), annotated.stream().sorted().toList());
	}

	@Test
	void everyInputIsExplainedInASentence() throws Exception {
		for (final Module module : modules())
			for (final ModuleItem<?> input : module.getInfo().inputs()) {
				if (input.getType() == Context.class || Service.class.isAssignableFrom(input.getType())) continue;
				final String name = module.getInfo().getTitle() + " " + input.getName();
				assertTrue(input.getDescription() != null && input.getDescription().matches("[A-Z].*\\."), name);
				assertTrue(input.getLabel().matches("[A-Z].*[^.:]"), name);
			}
	}

	@Test
	void everyCommandHasAPageOfTheDocumentation() throws Exception {
		assertTrue(Files.readString(Path.of("pom.xml")).contains("<url>" + CfebmCommand.PROJECT + "</url>"));
		for (final Module module : modules()) {
			final String page = module.getInfo().getInput("help").get(InputDialog.PAGE), start = CfebmCommand.PROJECT + "/blob/main/";
			assertTrue(page.startsWith(start) && Files.isRegularFile(Path.of(page.substring(start.length()).replaceFirst("#.*", ""))),
				page);
		}
	}

	@Test
	void whatIsAskedFirstIsNeverFoldedAwayAndComesFirst() throws Exception {
		for (final Module module : modules()) {
			final List<String> names = asked(module).stream().map(ModuleItem::getName).toList();
			final List<String> folded = asked(module).stream().filter(AdvancedOptions::contains).map(ModuleItem::getName).toList();
			assertEquals(names.subList(names.size() - folded.size(), names.size()), folded);
			final List<String> first = ((CfebmCommand) module).asked();
			if (first == null) assertEquals(List.of(), folded);
			else assertEquals(first, names.subList(0, names.size() - folded.size()));
			assertEquals(first == null, module.isInputResolved("more"));
			// In macros it is unknown.
			assertFalse(InputDialog.inputs(module).stream().anyMatch(input -> input.getName().equals("more")));
		}
	}

	/** What a host with SciJava's dialogs does, with a panel like SciJava's own. */
	private static final class Panel extends AbstractInputPanel<JPanel, JPanel> {

		private final JPanel panel = new JPanel();

		Panel() {
			panel.setLayout(new BoxLayout(panel, BoxLayout.Y_AXIS));
		}

		@Override
		public void addWidget(final InputWidget<?, JPanel> widget) {
			super.addWidget(widget);
			if (widget.isLabeled()) panel.add(new JLabel(widget.get().getWidgetLabel()));
			panel.add(widget.getComponent());
		}

		@Override
		public Class<JPanel> getWidgetComponentType() {
			return JPanel.class;
		}

		@Override
		public JPanel getComponent() {
			return panel;
		}

		@Override
		public Class<JPanel> getComponentType() {
			return JPanel.class;
		}
	}

	/** A panel with all that is asked for; stand-ins in the place of SciJava's widgets, which aren't on Maven Central. */
	@SuppressWarnings("unchecked")
	private static Panel harvested(final Module module) {
		final Panel panel = new Panel();
		final WidgetService widgets = context.service(WidgetService.class);
		for (final ModuleItem<?> input : module.getInfo().inputs()) {
			if (input.getType() == Context.class || Service.class.isAssignableFrom(input.getType()) || !CommandExamples.isAsked(module,
				input)) continue;
			final WidgetModel model = widgets.createModel(panel, module, input, List.of());
			final InputWidget<?, ?> ours = widgets.create(model);
			panel.addWidget(ours != null ? (InputWidget<?, JPanel>) ours : new Stand(model));
		}
		return panel;
	}

	@Test
	void inSciJavaAModelIsChosenFromAListOrTyped() throws Exception {
		int fields = 0;
		for (final Module module : modules()) {
			final InputWidget<?, JPanel> widget = harvested(module).getWidget("model");
			if (!(widget instanceof ModelWidget)) continue;
			ModelField.offer(((CfebmCommand) module).getInfo().getMutableInput("model", File.class), List.of("nuclei", "photo"));
			final JComboBox<?> list = (JComboBox<?>) Arrays.stream(harvested(module).getWidget("model").getComponent()
				.getComponents()).filter(JComboBox.class::isInstance).findFirst().get();
			assertEquals("nuclei", list.getItemAt(0));
			assertEquals("photo", list.getItemAt(1));
			list.setSelectedIndex(1);
			assertEquals(new File("photo"), module.getInput("model"));
			list.setSelectedItem("/data/a b.cfebm;nuclei");
			assertEquals(new File("/data/a b.cfebm;nuclei"), module.getInput("model"));
			list.setSelectedItem("");
			assertEquals(null, module.getInput("model"));
			fields++;
		}
		assertTrue(fields >= 5, "" + fields);
	}

	@Test
	void inSciJavaTheFoldOpensAndCloses() throws Exception {
		for (final Module module : modules()) {
			final Panel panel = harvested(module);
			if (((CfebmCommand) module).asked() == null) continue;
			final JPanel fold = panel.getWidget("more").getComponent();
			final JCheckBox box = (JCheckBox) fold.getComponent(0);
			final List<Component> parts = Arrays.asList(panel.getComponent().getComponents());
			assertEquals("More options", ((JLabel) parts.get(parts.indexOf(fold) - 1)).getText());
			for (int i = 0; i < 3; i++) {
				box.doClick();
				final List<Component> all = Arrays.asList(panel.getComponent().getComponents());
				for (final ModuleItem<?> input : asked(module)) {
					final Component component = panel.getWidget(input.getName()).getComponent();
					final JLabel label = (JLabel) all.get(all.indexOf(component) - 1);
					assertEquals(input.getLabel(), label.getText());
					assertEquals(i != 1 || !AdvancedOptions.contains(input), component.isVisible(), input.getName());
					assertEquals(i != 1 || !AdvancedOptions.contains(input), label.isVisible(), input.getName());
				}
			}
		}
	}

	private static final class Stand extends AbstractInputWidget<Object, JPanel> {

		private final JPanel component = new JPanel();

		Stand(final WidgetModel model) {
			set(model);
		}

		@Override
		public Object getValue() {
			return get().getValue();
		}

		@Override
		public void refreshWidget() {}

		@Override
		public JPanel getComponent() {
			return component;
		}

		@Override
		public Class<JPanel> getComponentType() {
			return JPanel.class;
		}
	}

	@Test
	void plainImageJShowsEveryInputUnderTheSameLabelAndFoldsTheSame() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		for (final Module module : modules()) {
			if (asked(module).isEmpty()) {
				// Then SciJava's dialogs have nothing to ask, either.
				assertTrue(module.isInputResolved("help") && module.isInputResolved("more"));
				continue;
			}
			final GenericDialog dialog = InputDialog.of(module);
			final FutureTask<Void> shown = new FutureTask<>(dialog::showDialog, null);
			new Thread(shown).start();
			assertEquals(dialog, DialogDriver.await(module.getInfo().getTitle().replace("...", "")));
			final Component fold = ((CfebmCommand) module).asked() == null ? null : DialogDriver.field(dialog, "More options");
			for (int i = 0; i < 3; i++) {
				for (final ModuleItem<?> input : asked(module))
					assertEquals(i == 1 || !AdvancedOptions.contains(input), DialogDriver.field(dialog, input.getLabel()).isVisible(), input.getName());
				if (fold != null) DialogDriver.tick((Checkbox) fold, i == 0);
				EventQueue.invokeAndWait(() -> {});
			}
			for (final ModuleItem<?> input : module.getInfo().inputs())
				if (input.getType() == org.scijava.widget.Button.class) assertTrue(buttons(dialog).contains(input.getLabel()), input
					.getLabel());
			DialogDriver.press(dialog, "Cancel");
			shown.get();
			assertTrue(dialog.wasCanceled());
		}
	}

	private static List<String> buttons(final java.awt.Container in) {
		final List<String> labels = new ArrayList<>();
		for (final Component component : in.getComponents())
			if (component instanceof Button) labels.add(((Button) component).getLabel().trim());
			else if (component instanceof java.awt.Container) labels.addAll(buttons((java.awt.Container) component));
		return labels;
	}
}
