// Denoises all images of a folder and its subfolders with one model, by CF-EBM Batch: results are TIFF files in another folder,
// with a table (cfebm-denoised.csv) and a contact sheet (cfebm-denoised.png). The same call goes on where it was stopped. If some
// images could not be done it ends with a sentence that says how many, and without a window with the exit status 1.
// In Fiji: copy this file into the plugins folder, restart, and find it in the Plugins menu. Without a window:
//   mvn -q compile exec:exec@macro -Dmacro=plugins/CF-EBM_Denoise_Folder.ijm "-Darg=INPUT|MODEL|OUTPUT"
// (and |SIGMA, if the noise shall not be estimated).

arguments = split(getArgument(), "|");
sigma = 0;
if (arguments.length >= 3) {
	input = arguments[0];
	model = arguments[1];
	output = arguments[2];
	if (arguments.length > 3) sigma = parseFloat(arguments[3]);
} else {
	Dialog.create("CF-EBM Denoise Folder");
	Dialog.addDirectory("Noisy images", "");
	Dialog.addFile("Model (file, or nuclei, photo)", "");
	Dialog.addDirectory("Save denoised images in", "");
	Dialog.addNumber("Noise (sigma in gray values, 0: estimate)", sigma);
	Dialog.show();
	input = Dialog.getString();
	model = Dialog.getString();
	output = Dialog.getString();
	sigma = Dialog.getNumber();
}
run("CF-EBM Batch...", "task=Denoise input=[" + input + "] output=[" + output + "] model=[" + model + "] options=[sigma=" + sigma + "]");
