// Denoises an image, shows where not to trust the result, and checks both: the removed part must look like noise, and two
// thirds of the true pixels must lie within one standard deviation. Takes half a minute. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Uncertainty.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
out = target + "uncertainty/";
File.makeDirectory(target);
File.makeDirectory(out);
setBatchMode(true);

// 1. The noise has a sigma of 20 (left out, it is estimated). The mean of eight samples of the image without noise, and their standard deviation as a second image.
open(root + "test-images/nuclei/test_noisy_gaussian.tif");
noisy = getImageID();
run("CF-EBM Denoise...", "model=nuclei method=Posterior sigma=20");
denoised = getImageID();
selectImage("test_noisy_gaussian-sd.tif");
deviation = getImageID();

// 2. What was removed. Shapes of nuclei in it would be structure that was lost.
imageCalculator("Subtract create 32-bit", noisy, denoised);
residual = getImageID();

// 3. How many true pixels lie within one and two standard deviations? Possible here because the truth is known.
open(root + "test-images/nuclei/test_clean.tif");
clean = getImageID();
imageCalculator("Difference create 32-bit", denoised, clean);
error = getImageID();
imageCalculator("Divide create 32-bit", error, deviation);
print("true pixels within one standard deviation: " + within(1) + " %, within two: " + within(2) + " %");

// 4. Side by side: noisy, denoised, standard deviation (0 to 15 gray values), removed (-60 to 60).
selectImage(deviation);
run("Fire");
setMinAndMax(0, 15);
selectImage(residual);
setMinAndMax(-60, 60);
newImage("montage", "RGB black", 4 * 256 + 3 * 4, 256, 1);
montage = getImageID();
pictures = newArray(noisy, denoised, deviation, residual);
for (i = 0; i < 4; i++) {
	selectImage(pictures[i]);
	run("Duplicate...", "title=picture");
	run("RGB Color");
	run("Select All");
	run("Copy");
	close();
	selectImage(montage);
	makeRectangle(i * 260, 0, 256, 256);
	run("Paste");
}
run("Select None");
saveAs("PNG", out + "uncertainty.png");
print("The picture is in " + out);

// 5. In a window: the picture.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") setBatchMode(false);

// Percentage of the current image's pixels that are at most the limit.
function within(limit) {
	count = 0;
	for (y = 0; y < getHeight(); y++)
		for (x = 0; x < getWidth(); x++)
			if (getPixel(x, y) <= limit) count++;
	return d2s(100 * count / (getWidth() * getHeight()), 0);
}
