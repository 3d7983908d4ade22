// Blurs an image of nuclei, adds noise, and takes both off again: by numbers, and by an image of a point. Prints how far from the truth each is.
//   mvn -q compile exec:exec@macro -Dmacro=macros/Deconvolve.ijm
// The picture, target/deconvolve/deconvolution.png: the truth, what is seen, what comes out.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
output = target + "deconvolve/";
File.makeDirectory(target);
File.makeDirectory(output);
setBatchMode(true);
random("seed", 1);

open(root + "test-images/nuclei/test_clean.tif");
run("32-bit");
rename("truth");
getStatistics(area, mean, min, max);
width = getWidth();
height = getHeight();

// What a lens of NA 0.5 sees with light of 520 nm on pixels of 0.13 µm: a Gaussian of 0.225 · 520 / 0.5 = 234 nm, 1.8 pixels.
run("Duplicate...", "title=seen");
run("Gaussian Blur...", "sigma=1.8");
run("Add Specified Noise...", "standard=" + 0.01 * (max - min));
run("Properties...", "channels=1 slices=1 frames=1 unit=micron pixel_width=0.13 pixel_height=0.13 voxel_depth=1");
print("seen:", error("seen"));

run("CF-EBM Deconvolve...", "image=seen model=microscopy microscope=Gaussian aperture=0.5 immersion=1");
rename("by numbers");
print("by numbers:", error("by numbers"));

// An image of a point that is as blurred, with a background, and not in its middle.
newImage("bead", "32-bit black", 31, 27, 1);
setPixel(12, 14, 1000);
run("Gaussian Blur...", "sigma=1.8");
run("Add...", "value=5");
run("CF-EBM Deconvolve...", "image=seen model=microscopy psf=bead");
rename("by a point");
print("by a point:", error("by a point"));

newImage("picture", "32-bit black", 3 * width, height, 1);
titles = newArray("truth", "seen", "by numbers");
for (i = 0; i < titles.length; i++) {
	selectImage(titles[i]);
	run("Select All");
	run("Copy");
	selectImage("picture");
	makeRectangle(i * width, 0, width, height);
	run("Paste");
}
run("Select None");
setMinAndMax(min, max);
saveAs("PNG", output + "deconvolution.png");

// In a window: the picture.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") setBatchMode(false);
else close("*");

// Root mean square of the difference from the truth, in percent of its range.
function error(title) {
	imageCalculator("Subtract create 32-bit", title, "truth");
	run("Square");
	getStatistics(a, m);
	close();
	return d2s(100 * sqrt(m) / (max - min), 2) + " %";
}
