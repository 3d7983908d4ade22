// Denoises all images of a folder with one model, saves the results as TIFF in another folder, and lists in a table (also
// saved there, as summary.csv) what was done: file, size, noise, seconds, and the file saved or why there is none. Files that
// can't be read are named and left out; an image that exists is never overwritten, so the same call goes on where it was
// stopped. In Fiji: copy this file into the plugins folder, restart, and find it in the Plugins menu. Without a window:
//   mvn -q compile exec:exec@macro -Dmacro=plugins/CF-EBM_Denoise_Folder.ijm "-Darg=INPUT|MODEL|OUTPUT"
// (and |SIGMA, if the noise shall not be estimated).

// Known in the functions below, too.
var table = "File,Size,Noise,Seconds,Saved as\n", rows = 0, sigma = 0, output = "";

arguments = split(getArgument(), "|");
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
		result = resultName(names[i]);
		// What can't be opened is told to the log instead of ending the macro; of an unknown format ImageJ would complain twice.
		before = nImages;
		format = call("ij.io.Opener.getFileFormat", input + names[i]);
		IJ.redirectErrorMessages();
		if (format != "unknown" && !File.exists(output + result)) open(input + names[i]);
		if (File.exists(output + result)) finish(names[i], "", "", "", "not done: " + result + " exists");
		else if (nImages == before) finish(names[i], "", "", "", "not done: the file can't be read");
		else {
			noisy = getImageID();
			size = "" + getWidth() + "x" + getHeight();
			if (nSlices > 1) size = size + "x" + nSlices;
			start = getTime();
			run("CF-EBM Denoise...", "model=[" + model + "] sigma=" + sigma);
			seconds = d2s((getTime() - start) / 1000, 1);
			noise = noiseOf(getMetadata("Info"));
			saveAs("Tiff", output + result);
			// Not close("*"): other images may be open, and not saved.
			close();
			selectImage(noisy);
			close();
			done++;
			finish(names[i], size, noise, seconds, result);
		}
	}
}
if (rows == 0) exit("There is no image in " + input + ".");
print(done + " of " + rows + " images denoised, in " + output);
// In a window; without a display there is the file alone.
Table.open(output + "summary.csv");

// Completes a row. The table is saved each time: it is there whatever stops the macro.
function finish(name, size, noise, seconds, saved) {
	table = table + "\"" + name + "\"," + size + ",\"" + noise + "\"," + seconds + ",\"" + saved + "\"\n";
	File.saveString(table, output + "summary.csv");
	if (startsWith(saved, "not done")) print(name + " is " + saved + ".");
	rows++;
}

// The noise that was estimated (of a stack, in its first slice), from what the command writes into the image's info.
function noiseOf(info) {
	if (sigma > 0) return "sigma " + sigma + " (given)";
	key = "Estimated noise: ";
	at = indexOf(info, key);
	if (at < 0 && indexOf(info, "No noise was found") >= 0) return "none found";
	if (at < 0) return "";
	text = substring(info, at + lengthOf(key));
	end = indexOf(text, "\n");
	if (end >= 0) text = substring(text, 0, end);
	return text;
}

// a.tif becomes a-denoised.tif, a.png becomes a.png-denoised.tif: no two files have the same result.
function resultName(name) {
	if (endsWith(name, ".tif")) name = substring(name, 0, lengthOf(name) - 4);
	return name + "-denoised.tif";
}

function isImage(name) {
	return matches(toLowerCase(name), ".*[.](tif|tiff|png|jpg|jpeg|gif|bmp)");
}
