package sc.fiji.cfebm.ui;

import java.awt.BorderLayout;
import java.awt.Component;
import java.awt.Container;
import java.awt.LayoutManager;
import java.awt.Window;
import java.awt.event.HierarchyEvent;
import java.util.Arrays;
import java.util.List;

import javax.swing.JCheckBox;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.SwingUtilities;

import org.scijava.Priority;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Plugin;
import org.scijava.widget.AbstractInputWidget;
import org.scijava.widget.InputWidget;
import org.scijava.widget.WidgetModel;

/** The checkbox of a {@link AdvancedOptions} in dialogs of SciJava. */
@Plugin(type = InputWidget.class, priority = Priority.HIGH)
public final class AdvancedOptionsWidget extends AbstractInputWidget<Boolean, JPanel> {

	private final JPanel panel = new JPanel(new BorderLayout());
	private final JCheckBox box = new JCheckBox();

	/** Whether the dialog is made with Swing: other kinds can't take our widgets. */
	static boolean isSwing(final WidgetModel model) {
		return model.getPanel() != null && model.getPanel().getWidgetComponentType() == JPanel.class;
	}

	@Override
	public boolean supports(final WidgetModel model) {
		return super.supports(model) && model.isBoolean() && AdvancedOptions.isCheckbox(model.getItem()) && isSwing(model);
	}

	@Override
	public void set(final WidgetModel model) {
		super.set(model);
		box.setToolTipText(model.getItem().getDescription());
		panel.add(box);
		box.addActionListener(event -> {
			updateModel();
			fold();
			final Window window = SwingUtilities.getWindowAncestor(panel);
			if (window != null) window.pack();
		});
		// When the dialog is put together; all inputs are in it by then.
		panel.addHierarchyListener(event -> {
			if ((event.getChangeFlags() & HierarchyEvent.DISPLAYABILITY_CHANGED) != 0 && panel.isDisplayable()) fold();
		});
	}

	private void fold() {
		final Container parent = panel.getParent();
		if (!leavesOutHidden(parent.getLayout())) return;
		final List<Component> all = Arrays.asList(parent.getComponents());
		for (final ModuleItem<?> input : get().getModule().getInfo().inputs()) {
			final InputWidget<?, ?> widget = get().getPanel().getWidget(input.getName());
			if (widget == null || !AdvancedOptions.contains(input)) continue;
			final int place = all.indexOf(widget.getComponent());
			if (place < 0) continue;
			all.get(place).setVisible(box.isSelected());
			if (place > 0 && all.get(place - 1) instanceof JLabel) all.get(place - 1).setVisible(box.isSelected());
		}
		parent.revalidate();
	}

	/**
	 * MigLayout, which SciJava uses and which is none of our libraries, keeps room for what is hidden unless told otherwise.
	 *
	 * @return false if it can't be told: then all is shown
	 */
	private static boolean leavesOutHidden(final LayoutManager layout) {
		if (!layout.getClass().getName().endsWith(".MigLayout")) return true;
		try {
			final Object now = layout.getClass().getMethod("getLayoutConstraints").invoke(layout);
			if (!(now instanceof String)) return false;
			if (!now.toString().contains("hidemode")) layout.getClass().getMethod("setLayoutConstraints", Object.class).invoke(layout,
				now + ",hidemode 3");
			return true;
		}
		catch (final ReflectiveOperationException e) {
			return false;
		}
	}

	@Override
	public Boolean getValue() {
		return box.isSelected();
	}

	@Override
	public void refreshWidget() {
		// Only the user ticks it.
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
