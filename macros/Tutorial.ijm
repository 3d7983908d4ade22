// The tutorial, docs/tutorial.md, in one go: denoise a sample, look at what was removed, get the standard deviation, check it,
// train on images of one's own, denoise a folder, fill in a scratch, and make a figure. Takes some minutes. Run it from the
// project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Tutorial.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
out = target + "tutorial/";
File.makeDirectory(target);
File.makeDirectory(out);
File.makeDirectory(out + "noisy");
// Iterations instead of minutes, so that every run gives the same model.
iterations = getArgument();
if (iterations == "") iterations = "60,150,500";
setBatchMode(true);

// 1. A sample, and its noise removed. What noise it has is found.
run("CF-EBM Noisy Nuclei");
noisy = getImageID();
run("CF-EBM Denoise...", "model=nuclei");
denoised = getImageID();

// 2. What was removed. Shapes of nuclei in it would be structure that was lost.
imageCalculator("Subtract create 32-bit", noisy, denoised);
rename("removed");
removed = getImageID();
getStatistics(area, mean, min, max, spread);
print("removed: mean " + d2s(mean, 2) + ", standard deviation " + d2s(spread, 1));

// 3. The standard deviation, as a second image.
selectImage(noisy);
run("CF-EBM Denoise...", "model=nuclei method=Posterior seed=1");
posterior = getImageID();
selectImage("noisy nuclei-sd");
deviation = getImageID();
getStatistics(area, mean, min, max);
print("standard deviation: " + d2s(min, 1) + " to " + d2s(max, 1) + ", mean " + d2s(mean, 1));

// 4. Is it right? The sample's truth is known: it is test_clean.tif, above the camera's offset of 100.
open(root + "test-images/nuclei/test_clean.tif");
run("32-bit");
run("Add...", "value=100");
truth = getImageID();
print("root mean square error: " + d2s(error(noisy, truth), 1) + " noisy, " + d2s(error(denoised, truth), 1) + " denoised, " +
	d2s(error(posterior, truth), 1) + " the mean of the samples");
imageCalculator("Difference create 32-bit", posterior, truth);
distance = getImageID();
imageCalculator("Divide create 32-bit", distance, deviation);
print("true pixels within one standard deviation: " + within(1) + " %, within two: " + within(2) + " %");

// 5. A model of one's own, and the same image with it.
model = out + "my-nuclei.cfebm";
run("CF-EBM Train...", "folder=[" + root + "test-images/nuclei/train] model=[" + model +
	"] preset=[Score matching] iterations=" + iterations + " seed=1");
selectImage(noisy);
run("CF-EBM Denoise...", "model=[" + model + "]");
print("root mean square error with my-nuclei: " + d2s(error(getImageID(), truth), 1));

// 6. A folder of images: here the sample, and the same nuclei with white noise.
selectImage(noisy);
run("Duplicate...", "title=shot");
saveAs("Tiff", out + "noisy/shot.tif");
open(root + "test-images/nuclei/test_noisy_gaussian.tif");
saveAs("Tiff", out + "noisy/white.tif");
run("CF-EBM Batch...", "task=Denoise input=[" + out + "noisy] output=[" + out + "denoised] model=nuclei");

// 7. A scratch, which is selected, filled in.
run("CF-EBM Scratched Nuclei");
scratched = getImageID();
run("CF-EBM Inpaint...", "model=nuclei mask=Selection");
filled = getImageID();
saveAs("PNG", out + "filled.png");
selectImage(scratched);
run("Select None");
saveAs("PNG", out + "scratched.png");

// 8. The figure: noisy and denoised with the same display range, the standard deviation, what was removed; with a bar of 20 µm.
show(noisy, 100, 350, "Grays");
show(denoised, 100, 350, "Grays");
show(deviation, 0, 15, "Fire");
show(removed, -100, 100, "Grays");
size = 256;
gap = 4;
newImage("figure", "RGB white", 4 * size + 3 * gap, size, 1);
figure = getImageID();
pictures = newArray(noisy, denoised, deviation, removed);
for (i = 0; i < 4; i++) {
	selectImage(pictures[i]);
	run("Duplicate...", "title=picture");
	run("RGB Color");
	run("Select All");
	run("Copy");
	close();
	selectImage(figure);
	makeRectangle(i * (size + gap), 0, size, size);
	run("Paste");
}
run("Select None");
setColor(255, 255, 255);
// 20 µm at 0.5 µm for each pixel.
fillRect(size - 50, size - 14, 40, 4);
saveAs("PNG", out + "figure.png");
print("The figure is in " + out);

// 9. In a window: the figure, and the images it is made of.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") {
	for (i = 0; i < 4; i++) {
		selectImage(pictures[i]);
		setBatchMode("show");
	}
	selectImage(figure);
	setBatchMode(false);
}

function show(image, min, max, lut) {
	selectImage(image);
	run("Select None");
	run(lut);
	setMinAndMax(min, max);
}

// Root mean square of the difference of two images.
function error(a, b) {
	imageCalculator("Subtract create 32-bit", a, b);
	run("Square");
	getStatistics(area, meanSquare);
	close();
	return sqrt(meanSquare);
}

// Percentage of the current image's pixels that are at most the limit.
function within(limit) {
	count = 0;
	for (y = 0; y < getHeight(); y++)
		for (x = 0; x < getWidth(); x++)
			if (getPixel(x, y) <= limit) count++;
	return d2s(100 * count / (getWidth() * getHeight()), 0);
}
