// Tells whether results can be trusted on your own microscope. Record 20 frames or more of one field that does not move, as one
// stack: their mean is nearly the truth for each of them. The macro denoises the first frame with the defaults, and prints how far
// it is from the mean of the others, beside the best Gaussian blur, and how many pixels lie within one and two of the standard
// deviations that the plugin tells. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Trust.ijm -Darg=/data/frames.tif
// or open it in Fiji with the stack open. Without a stack it makes one of a test image, with the noise of a camera.

count = 24;
setBatchMode(true);
path = getArgument();
if (path != "") open(path);
else if (nImages() == 0) make();
stack = getImageID();
if (nSlices() < 10) exit("The image has " + nSlices() + " frames; ten or more of one field are needed.");

// 1. The mean of all frames but the first, and what noise it still has: that of one frame, divided by the root of their number.
frames = nSlices();
run("Z Project...", "start=2 stop=" + frames + " projection=[Average Intensity]");
run("32-bit");
reference = getImageID();
selectImage(stack);
setSlice(1);
run("Duplicate...", "title=frame");
frame = getImageID();

// 2. The defaults: whatever noise the frame has is found.
run("CF-EBM Denoise...", "model=microscopy");
oneStep = getImageID();
selectImage(frame);
run("CF-EBM Denoise...", "model=microscopy method=Posterior");
denoised = getImageID();
selectImage("frame-sd");
deviation = getImageID();

// 3. Root of the mean squared difference from the reference.
print("Root mean square difference from the mean of the other " + (frames - 1) + " frames, in gray values:");
noisy = difference(frame, reference);
print("  the frame itself " + d2s(noisy, 2) + ", the mean's own noise " + d2s(noisy / sqrt(frames), 2));
best = noisy;
radius = 0;
for (sigma = 0.5; sigma <= 4; sigma += 0.25) {
	selectImage(frame);
	run("Duplicate...", "title=blurred");
	run("32-bit");
	run("Gaussian Blur...", "sigma=" + sigma);
	d = difference(getImageID(), reference);
	close();
	if (d < best) {
		best = d;
		radius = sigma;
	}
}
print("  the best Gaussian blur (" + radius + " pixels) " + d2s(best, 2) + ", CF-EBM in one step " + d2s(difference(oneStep, reference), 2) +
	", the mean of its samples " + d2s(difference(denoised, reference), 2));

// 4. The mean's own noise is told by how far the frames are apart; it counts beside the standard deviation.
selectImage(stack);
run("Z Project...", "start=2 stop=" + frames + " projection=[Standard Deviation]");
run("32-bit");
run("Divide...", "value=" + sqrt(frames - 1));
run("Square");
expected = getImageID();
selectImage(deviation);
run("Square");
imageCalculator("Add 32-bit", expected, deviation);
selectImage(expected);
run("Square Root");
imageCalculator("Difference create 32-bit", denoised, reference);
error = getImageID();
imageCalculator("Divide create 32-bit", error, expected);
print("Pixels within one standard deviation: " + within(1) + " % (68 would be right), within two: " + within(2) + " % (95)");

// 5. In a window: the frame, and the mean of its samples.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") {
	selectImage(frame);
	run("Enhance Contrast", "saturated=0.35");
	getMinAndMax(dark, bright);
	setBatchMode("show");
	selectImage(denoised);
	setMinAndMax(dark, bright);
	setBatchMode(false);
}

function difference(a, b) {
	imageCalculator("Subtract create 32-bit", a, b);
	run("Square");
	getStatistics(area, mean);
	close();
	return sqrt(mean);
}

// Percentage of the current image's pixels that are at most the limit.
function within(limit) {
	count = 0;
	for (y = 0; y < getHeight(); y++)
		for (x = 0; x < getWidth(); x++)
			if (getPixel(x, y) <= limit) count++;
	return d2s(100 * count / (getWidth() * getHeight()), 0);
}

// Frames of a test image: photons, four gray values for each, and a camera's read noise.
function make() {
	root = getDir("cwd");
	// In Fiji's package the images lie beside the macros.
	if (!File.exists(root + "test-images")) root = getDir("macros") + "CF-EBM/";
	if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
	random("seed", 1);
	open(root + "test-images/nuclei/test_clean.tif");
	makeRectangle(64, 64, 128, 128);
	run("Crop");
	clean = getImageID();
	newImage("frames", "16-bit black", getWidth(), getHeight(), count);
	frames = getImageID();
	for (i = 1; i <= count; i++) {
		selectImage(clean);
		run("Duplicate...", "title=photons");
		run("32-bit");
		for (y = 0; y < getHeight(); y++)
			for (x = 0; x < getWidth(); x++) {
				v = getPixel(x, y);
				setPixel(x, y, round(100 + v + sqrt(4 * v + 64) * random("gaussian")));
			}
		run("Select All");
		run("Copy");
		close();
		selectImage(frames);
		setSlice(i);
		run("Paste");
	}
	selectImage(clean);
	close();
	selectImage(frames);
	run("Select None");
}
