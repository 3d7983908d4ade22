package sc.fiji.cfebm.ui;

import java.io.File;

import javax.swing.JPanel;
import javax.swing.SwingUtilities;

import org.scijava.Priority;
import org.scijava.plugin.Plugin;
import org.scijava.widget.AbstractInputWidget;
import org.scijava.widget.InputWidget;
import org.scijava.widget.WidgetModel;

/** A {@link ModelField} in dialogs of SciJava, which would ask for a bare file. */
@Plugin(type = InputWidget.class, priority = Priority.HIGH)
public final class ModelWidget extends AbstractInputWidget<File, JPanel> {

	private ModelField field;

	@Override
	public boolean supports(final WidgetModel model) {
		return super.supports(model) && model.isType(File.class) && ModelField.isFor(model.getItem()) && AdvancedOptionsWidget.isSwing(model);
	}

	@Override
	public void set(final WidgetModel model) {
		super.set(model);
		field = new ModelField(model.getItem(), model.getText(), this::updateModel);
		updateModel();
	}

	@Override
	public File getValue() {
		return field.text().isEmpty() ? null : new File(field.text());
	}

	/** Called from any thread. */
	@Override
	public void refreshWidget() {
		SwingUtilities.invokeLater(() -> {
			if (!get().getText().equals(field.text())) field.setText(get().getText());
		});
	}

	@Override
	public JPanel getComponent() {
		return field;
	}

	@Override
	public Class<JPanel> getComponentType() {
		return JPanel.class;
	}
}
