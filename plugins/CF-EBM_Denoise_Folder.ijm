// Denoises all images of a folder with one model and saves the results as TIFF in another. In Fiji: copy this file into
// the plugins folder, restart, and find it in the Plugins menu. Without a window:
//   mvn -q compile exec:exec@macro -Dmacro=plugins/CF-EBM_Denoise_Folder.ijm "-Darg=INPUT|MODEL|OUTPUT"

arguments = split(getArgument(), "|");
if (arguments.length == 3) {
	input = arguments[0];
	model = arguments[1];
	output = arguments[2];
} else {
	Dialog.create("CF-EBM Denoise Folder");
	Dialog.addDirectory("Noisy images", "");
	Dialog.addFile("Model file", "");
	Dialog.addDirectory("Save denoised images in", "");
	Dialog.show();
	input = Dialog.getString();
	model = Dialog.getString();
	output = Dialog.getString();
}
if (!endsWith(input, "/") && !endsWith(input, "\\")) input = input + "/";
if (!endsWith(output, "/") && !endsWith(output, "\\")) output = output + "/";
if (!File.exists(input)) exit("There is no folder " + input + ".");
if (input == output) exit("The denoised images need a folder of their own.");
File.makeDirectory(output);
if (!File.exists(output)) exit("The folder " + output + " cannot be made.");
setBatchMode(true);
done = 0;
names = getFileList(input);
for (i = 0; i < names.length; i++) {
	if (isImage(names[i])) {
		open(input + names[i]);
		noisy = getImageID();
		run("CF-EBM Denoise...", "model=[" + model + "]");
		saveAs("Tiff", output + File.getNameWithoutExtension(names[i]) + "-denoised.tif");
		// Not close("*"): other images may be open, and not saved.
		close();
		selectImage(noisy);
		close();
		done++;
	}
}
print(done + " images denoised, in " + output);

function isImage(name) {
	n = toLowerCase(name);
	return endsWith(n, ".tif") || endsWith(n, ".tiff") || endsWith(n, ".png") || endsWith(n, ".jpg") || endsWith(n, ".jpeg") ||
		endsWith(n, ".gif") || endsWith(n, ".bmp");
}
