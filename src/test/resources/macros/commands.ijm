// Every command in one macro, in batch mode or not; the argument is a folder with gray.cfebm and a space in its name.
dir = getArgument();
if (endsWith(dir, "|batch")) {
	dir = substring(dir, 0, lengthOf(dir) - 6);
	setBatchMode(true);
}
newImage("my cells", "16-bit noise", 40, 30, 2);
setMinAndMax(100, 5000);
cells = getImageID();

run("CF-EBM Denoise...", "model=[" + dir + "/gray.cfebm] sigma=1000");
print("current:", getTitle(), nImages, bitDepth, nSlices);
saveAs("Tiff", dir + "/denoised.tif");

selectImage(cells);
run("CF-EBM Denoise...", "image=[my cells] model=[" + dir + "/gray.cfebm] method=Posterior sigma=1000 chains=2 steps=2");
print("current:", getTitle(), nImages);
selectImage("my cells-sd");
print("sd:", bitDepth);

selectImage(cells);
run("CF-EBM Deconvolve...", "model=[" + dir + "/gray.cfebm] psf=Motion motion=3 sigma=1000 steps=2");
print("current:", getTitle(), bitDepth, nSlices);
close();

newImage("a bead", "32-bit black", 9, 9, 1);
setPixel(4, 4, 3);
setPixel(3, 4, 1);
selectImage(cells);
run("CF-EBM Deconvolve...", "model=[" + dir + "/gray.cfebm] psf=[a bead] sigma=1000 steps=2");
print("current:", getTitle(), bitDepth, nSlices);
close();

selectImage(cells);
makeOval(10, 10, 12, 8);
run("CF-EBM Inpaint...", "model=[" + dir + "/gray.cfebm] steps=2");
print("current:", getTitle());

selectImage(cells);
run("Select None");
run("Duplicate...", "title=[a mask] duplicate");
run("Multiply...", "value=0 stack");
makeRectangle(3, 3, 5, 5);
run("Add...", "value=9 stack");
run("Select None");
selectImage(cells);
run("CF-EBM Inpaint...", "mask=[a mask] model=[" + dir + "/gray.cfebm] steps=2 completions=2");
print("current:", getTitle());

selectImage(cells);
run("CF-EBM Anomaly Map...", "model=[" + dir + "/gray.cfebm] range=Image rate=20 smallest=1 mask slices=1");
unusual = Property.getNumber("Anomaly score") > 3;
print("current:", getTitle(), bitDepth, nResults - Overlay.size, unusual);
selectImage("my cells-anomaly-mask");
print("mask:", bitDepth, nSlices);

selectImage(cells);
run("CF-EBM Translate Style...", "model=[" + dir + "/gray.cfebm] strength=0.3 steps=2 saliency");
print("current:", getTitle(), bitDepth, nSlices);
selectImage("my cells-saliency");
print("saliency:", bitDepth);

selectImage(cells);
run("CF-EBM Train...", "model=[" + dir + "/new model.cfebm] iterations=1 size=8 width=2 flips rotations=false preset=[Score matching]");
print("trained:", File.exists(dir + "/new model.cfebm"));

run("CF-EBM Sample...", "model=[" + dir + "/paper.cfebm] count=3 steps=2 width=40 trajectory=1");
print("current:", getTitle(), getWidth(), getHeight(), nSlices, bitDepth);
selectImage("trajectory of paper");
Stack.getDimensions(width, height, channels, slices, frames);
print("trajectory:", slices, frames);

run("CF-EBM Export...", "model=[" + dir + "/gray.cfebm] format=Deeplearning4j stage=8 file=[" + dir + "/a stage.zip]");
run("CF-EBM Export...", "model=[" + dir + "/gray.cfebm] format=bioimage.io file=[" + dir + "/a stage.zip] overwrite authors=[A. Person; B] licence=CC0-1.0");
print("exported:", File.exists(dir + "/a stage.zip"));

run("CF-EBM Model Info...", "model=[" + dir + "/gray.cfebm] samples=3");
print("current:", getTitle(), getWidth(), getHeight(), bitDepth);
