// Makes a movie of spots that drift, adds noise, and denoises it frame by frame and with neighbouring frames that help. Says how
// far each is from the movie without noise. Takes some seconds. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Movie.ijm
// or open it in Fiji.

side = 96; count = 7; sigma = 25;
setBatchMode(true);
random("seed", 1);
newImage("clean", "32-bit black", side, side, 1, 1, count);
clean = getImageID();
x = newArray(30); y = newArray(30); bright = newArray(30); width = newArray(30);
for (k = 0; k < x.length; k++) {
	x[k] = side * random; y[k] = side * random; bright[k] = 60 + 140 * random; width[k] = 2 + 4 * random;
}
for (t = 1; t <= count; t++) {
	setSlice(t);
	for (k = 0; k < x.length; k++) {
		// 0.4 pixels from frame to frame, every other one to the right and down.
		drift = 0.28 * t * (1 - 2 * (k % 2));
		run("Macro...", "code=v=v+" + bright[k] + "*exp(-((x-" + (x[k] + drift) + ")*(x-" + (x[k] + drift) + ")+(y-" + (y[k] + drift) +
			")*(y-" + (y[k] + drift) + "))/" + (2 * width[k] * width[k]) + ") slice");
	}
}
run("Duplicate...", "title=noisy duplicate");
run("Add Specified Noise...", "stack standard=" + sigma);
noisy = getImageID();
run("CF-EBM Denoise...", "model=microscopy sigma=" + sigma + " neighbours=None");
alone = getImageID();
selectImage(noisy);
run("CF-EBM Denoise...", "model=microscopy sigma=" + sigma);
helped = getImageID();
print("frame by frame: " + d2s(error(alone), 2) + " gray values from the truth; with neighbours: " + d2s(error(helped), 2));

// The root mean square of the difference from the clean movie.
function error(image) {
	imageCalculator("Subtract create stack", image, clean);
	run("Square", "stack");
	sum = 0;
	for (t = 1; t <= nSlices; t++) {
		setSlice(t);
		getStatistics(area, mean);
		sum += mean / nSlices;
	}
	close();
	return sqrt(sum);
}
