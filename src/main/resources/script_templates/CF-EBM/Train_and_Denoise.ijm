// Trains a model on a folder of clean images and denoises the open image with it. The model is a file that can be used
// again: for that, the second command alone does.

arguments = split(getArgument(), "|");
minutes = 10;
if (arguments.length == 3) {
	folder = arguments[0];
	model = arguments[1];
	minutes = parseFloat(arguments[2]);
} else {
	Dialog.create("Train and Denoise");
	Dialog.addDirectory("Folder of images to learn from", "");
	Dialog.addString("Save the model as", getDir("home") + "my-model.cfebm", 30);
	Dialog.addNumber("Time (minutes)", minutes);
	Dialog.show();
	folder = Dialog.getString();
	model = Dialog.getString();
	minutes = Dialog.getNumber();
}

run("CF-EBM Train...", "folder=[" + folder + "] model=[" + model + "] minutes=" + minutes);

// All keys that a command takes stand in docs/using.md; Plugins > Macros > Record... writes such lines.
run("CF-EBM Denoise...", "model=[" + model + "] method=[One step] sigma=0");
print(getTitle() + " was made with " + model);
