// Removes the noise from a time-lapse: a hyperstack of two channels, three slices and four frames, each channel with a
// model of its own and in its own range of gray values. Takes some seconds. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Time_Lapse.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
out = target + "time-lapse/";
File.makeDirectory(target);
File.makeDirectory(out);
setBatchMode(true);

// Channel 1 shows nuclei, channel 2 filaments. One sigma for all planes, about what is estimated for most of them (see the
// log with sigma=0), treats all frames alike.
open(root + "test-images/stack/hyperstack.tif");
run("CF-EBM Denoise...", "model=[nuclei;photo] sigma=15");
describe();
saveAs("Tiff", out + "denoised.tif");
close();

// Only what is asked for: channel 1 in the middle slice of the first two frames. All else stays as it is.
run("CF-EBM Denoise...", "model=nuclei sigma=15 channels=1 slices=2 frames=1-2");
describe();
saveAs("Tiff", out + "denoised-in-part.tif");
print("The images are in " + out);

// In a window: both results.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") {
	setBatchMode(false);
	open(out + "denoised.tif");
}

function describe() {
	Stack.getDimensions(width, height, channels, slices, frames);
	print(getTitle() + ": " + channels + " channels, " + slices + " slices, " + frames + " frames");
}
