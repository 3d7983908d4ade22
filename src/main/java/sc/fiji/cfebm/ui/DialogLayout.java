package sc.fiji.cfebm.ui;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.scijava.module.ModuleItem;

import ij.ImagePlus;

/**
 * How a dialog asks for a command's inputs: which, in what order, under which labels. Images are not asked for. What a command
 * does not ask for first is folded away behind the checkbox “More options”, the seed last. Belongs to one thread.
 */
public final class DialogLayout {

	/** The checkbox that shows what is folded away. */
	public static final String MORE = "More options";

	/**
	 * An input that is asked for.
	 *
	 * @param choices by their names; empty: anything can be typed
	 * @param models null: the input is no model; otherwise names of models to choose from
	 * @param preselected the model that is shown where the input has none; may be empty
	 * @param folded whether it is shown only after a tick at {@link #MORE}
	 */
	public record Field(ModuleItem<?> input, String label, List<String> choices, List<String> models, String preselected,
		boolean folded)
	{

		public String name() {
			return input.getName();
		}
	}

	/** A button beside the others, with what it does once the inputs are set as typed so far. */
	public record Button(String label, String description, Runnable action) {}

	private final String title, page;
	private final List<Field> fields = new ArrayList<>();
	private final List<Button> buttons = new ArrayList<>();
	private String heading;
	private Supplier<String> commandLine = () -> null;

	/**
	 * @param title the dialog's
	 * @param page of the documentation: its file in the project's folder, such as {@code docs/denoising.md}
	 * @param inputs in their order, see {@link #order}
	 * @param first names of the inputs that are asked for first; null: of all
	 */
	public DialogLayout(final String title, final String page, final List<ModuleItem<?>> inputs, final List<String> first) {
		this.title = title;
		this.page = page;
		for (final ModuleItem<?> input : inputs)
			if (input.getType() != ImagePlus.class) fields.add(new Field(input, input.getLabel(), input.getChoices() == null ? List.of() : input
				.getChoices().stream().map(Object::toString).toList(), null, "", first != null && !first.contains(input.getName())));
	}

	/** Images, then what is asked for first, in that order, then all others, the seed last; where all is asked for, as it is. */
	public static List<ModuleItem<?>> order(final List<ModuleItem<?>> inputs, final List<String> first) {
		if (first == null) return inputs;
		return inputs.stream().sorted(Comparator.comparingInt(input -> {
			if (input.getType() == ImagePlus.class) return -1;
			final int index = first.indexOf(input.getName());
			return index >= 0 ? index : first.size() + ("seed".equals(input.getName()) ? 1 : 0);
		})).toList();
	}

	/** What is said above all inputs. */
	public void heading(final String text) {
		heading = text;
	}

	/** The call of the command line that does the same. @param call asked when the inputs are set as typed so far; null: there is none */
	public void commandLine(final Supplier<String> call) {
		commandLine = call;
	}

	public void label(final String input, final String label) {
		change(input, f -> new Field(f.input, label, f.choices, f.models, f.preselected, f.folded));
	}

	public void choices(final String input, final List<String> choices) {
		change(input, f -> new Field(f.input, f.label, List.copyOf(choices), f.models, f.preselected, f.folded));
	}

	/** Makes a file input one that asks for a model. */
	public void models(final String input, final List<String> models, final String preselected) {
		change(input, f -> new Field(f.input, f.label, f.choices, List.copyOf(models), preselected, f.folded));
	}

	/** Does not ask for an input: there is no choice. */
	public void leaveOut(final String input) {
		fields.removeIf(field -> field.name().equals(input));
	}

	/** Leaves out all inputs but some. */
	public void keep(final Predicate<Field> which) {
		fields.removeIf(which.negate());
	}

	public void button(final String label, final String description, final Runnable action) {
		buttons.add(new Button(label, description, action));
	}

	private void change(final String input, final UnaryOperator<Field> change) {
		fields.replaceAll(field -> field.name().equals(input) ? change.apply(field) : field);
	}

	public String title() {
		return title;
	}

	public String page() {
		return page;
	}

	/** May be null. */
	public String heading() {
		return heading;
	}

	/** The call of the command line with the inputs as they are; null: there is none. */
	public String commandLine() {
		return commandLine.get();
	}

	public List<Field> fields() {
		return List.copyOf(fields);
	}

	public List<Button> buttons() {
		return List.copyOf(buttons);
	}
}
