// Quick start: trains a model on images of nuclei, from the bundled microscopy on, removes the noise from an image it has
// not seen, and fills in a scratch and a hole. Takes one to two minutes. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Quick_Start.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
nuclei = root + "test-images/nuclei/";
out = target + "quick-start/";
File.makeDirectory(target);
File.makeDirectory(out);
model = out + "nuclei.cfebm";
// Iterations instead of minutes, so that every run gives the same model.
iterations = getArgument();
if (iterations == "") iterations = "60,150,500";
setBatchMode(true);

// 1. Train.
run("CF-EBM Train...", "folder=[" + nuclei + "train] model=[" + model + "] iterations=" + iterations + " preset=[Score matching] seed=1");

// 2. Denoise an image with white noise; its sigma is estimated from the image.
open(nuclei + "test_clean.tif");
clean = getImageID();
open(nuclei + "test_noisy_gaussian.tif");
noisy = getImageID();
run("CF-EBM Denoise...", "model=[" + model + "]");
denoised = getImageID();
saveAs("PNG", out + "denoised.png");
print("quick-start denoise PSNR " + d2s(psnr(noisy, clean), 2) + " -> " + d2s(psnr(denoised, clean), 2) + " dB");
selectImage(noisy);
saveAs("PNG", out + "noisy.png");

// 3. Inpaint a scratch and a hole; "before" is the damage filled with the image's mean.
selectImage(clean);
run("Duplicate...", "title=damaged");
damaged = getImageID();
damage();
getStatistics(area, inside);
run("Make Inverse");
getStatistics(area, mean);
run("Make Inverse");
setColor(round(mean));
fill();
run("Select None");
saveAs("PNG", out + "damaged.png");
damage();
run("CF-EBM Inpaint...", "model=[" + model + "] mask=Selection completions=4");
inpainted = getImageID();
run("Select None");
saveAs("PNG", out + "inpainted.png");
print("quick-start inpaint PSNR " + d2s(psnrInDamage(damaged, clean), 2) + " -> " + d2s(psnrInDamage(inpainted, clean), 2) +
	" dB");

// 4. The four pictures side by side.
newImage("montage", "8-bit black", 4 * 256 + 3 * 4, 256, 1);
montage = getImageID();
pictures = newArray("noisy", "denoised", "damaged", "inpainted");
for (i = 0; i < 4; i++) {
	open(out + pictures[i] + ".png");
	run("Select All");
	run("Copy");
	close();
	selectImage(montage);
	makeRectangle(i * 260, 0, 256, 256);
	run("Paste");
}
run("Select None");
saveAs("PNG", out + "quick-start.png");
print("The pictures are in " + out);

// 5. In a window: the four pictures.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") setBatchMode(false);

// Selects the damage in the current image: a scratch 4 pixels wide across nuclei, and a square of 12 pixels.
function damage() {
	makePolygon(20, 30, 24, 30, 204, 250, 200, 250);
	setKeyDown("shift");
	makeRectangle(116, 60, 12, 12);
	setKeyDown("none");
}

// Peak signal-to-noise ratio of two images in decibels, for a peak of 255.
function psnr(a, b) {
	imageCalculator("Difference create 32-bit", a, b);
	run("Square");
	getStatistics(area, mse);
	close();
	return 10 * log(255 * 255 / mse) / log(10);
}

// The same, inside the damage alone.
function psnrInDamage(a, b) {
	imageCalculator("Difference create 32-bit", a, b);
	run("Square");
	damage();
	getStatistics(area, mse);
	close();
	return 10 * log(255 * 255 / mse) / log(10);
}
