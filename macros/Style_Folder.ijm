// Translates the style of a folder of images: writes the translated images, heat maps of where they were changed, and each
// image beside its translation as a picture. Translated images are generated: look at them, never measure in them.
// Run from the project's folder it learns the style of test-images/style/target_*.tif (once, some minutes) and translates
// source_1.tif and source_2.tif:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Style_Folder.ijm
// With a folder and a model of your own, and a strength from 0 to 1:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Style_Folder.ijm "-Darg=IMAGES|MODEL|OUTPUT|STRENGTH"
// or open it in Fiji and say which when asked.

arguments = split(getArgument(), "|");
root = getDir("cwd");
strength = 0.5;
setBatchMode(true);
if (arguments.length == 4) {
	input = arguments[0];
	model = arguments[1];
	output = arguments[2];
	strength = parseFloat(arguments[3]);
} else if (File.exists(root + "test-images")) {
	output = root + "target/style/";
	input = output + "source/";
	target = output + "target/";
	model = output + "brown.cfebm";
	File.makeDirectory(root + "target");
	File.makeDirectory(output);
	File.makeDirectory(input);
	File.makeDirectory(target);
	for (i = 1; i <= 2; i++) {
		File.copy(root + "test-images/style/source_" + i + ".tif", input + "source_" + i + ".tif");
		File.copy(root + "test-images/style/target_" + i + ".tif", target + "target_" + i + ".tif");
	}
	// Iterations instead of minutes, so that every run gives the same model; those of the finest stage count.
	if (!File.exists(model)) {
		run("CF-EBM Train Style...", "sources=[" + input + "] targets=[" + target + "] model=[" + model +
			"] iterations=1,1,200 seed=1");
		close();
	}
} else {
	Dialog.create("CF-EBM Style Folder");
	Dialog.addDirectory("Images", "");
	Dialog.addFile("Model file", "");
	Dialog.addDirectory("Save images in", "");
	Dialog.addSlider("Strength", 0, 1, strength);
	Dialog.show();
	input = Dialog.getString();
	model = Dialog.getString();
	output = Dialog.getString();
	strength = Dialog.getNumber();
}
if (!endsWith(input, "/") && !endsWith(input, "\\")) input = input + "/";
if (!endsWith(output, "/") && !endsWith(output, "\\")) output = output + "/";
if (!File.exists(input)) exit("There is no folder " + input + ".");
File.makeDirectory(output);
translated = output + "translated/";
File.makeDirectory(translated);
if (!File.exists(translated)) exit("The folder " + output + " cannot be made.");

files = getFileList(input);
done = 0;
for (i = 0; i < files.length; i++) {
	if (isImage(files[i])) {
		open(input + files[i]);
		before = getImageID();
		title = getTitle();
		run("CF-EBM Translate Style...", "model=[" + model + "] strength=" + strength + " saliency seed=1");
		after = getImageID();
		saveAs("Tiff", translated + files[i]);
		dot = lastIndexOf(title, ".");
		selectImage(substring(title, 0, dot) + "-saliency" + substring(title, dot));
		getStatistics(area, mean);
		heat = getImageID();
		saveAs("Tiff", translated + "saliency of " + files[i]);
		picture(files[i], newArray(before, after, heat));
		print(files[i] + ": moved by " + d2s(mean, 1) + " gray values on average");
		closeFrom(before);
		done++;
	}
}
if (done == 0) exit("There is no image in " + input + ".");
print("The images are in " + translated);

// In a window: the pictures of the first images.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") {
	setBatchMode(false);
	shown = 0;
	for (i = 0; i < files.length && shown < 4; i++) {
		if (isImage(files[i])) {
			open(output + files[i] + ".png");
			shown++;
		}
	}
}

// The image, its translation and its heat map side by side.
function picture(name, images) {
	selectImage(images[0]);
	w = getWidth();
	h = getHeight();
	newImage("picture", "RGB black", 3 * w + 8, h, 1);
	all = getImageID();
	for (k = 0; k < 3; k++) {
		selectImage(images[k]);
		run("Duplicate...", "title=copy");
		run("RGB Color");
		run("Select All");
		run("Copy");
		close();
		selectImage(all);
		makeRectangle(k * (w + 4), 0, w, h);
		run("Paste");
	}
	run("Select None");
	saveAs("PNG", output + name + ".png");
}

// Closes an image and all that were opened after it (their numbers are smaller), and no image of yours.
function closeFrom(first) {
	for (k = nImages(); k > 0; k--) {
		selectImage(k);
		if (getImageID() <= first) close();
	}
}

function isImage(name) {
	return matches(toLowerCase(name), ".*[.](tif|tiff|png|jpg|jpeg|gif|bmp)");
}
