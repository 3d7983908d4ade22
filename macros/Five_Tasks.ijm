// One picture of all five tasks, each above what it makes: noise removed, a scratch filled in, an anomaly found, a stain
// changed, nuclei invented out of noise. Two small models are trained on the way, once, in some minutes; three tasks take the
// model of nuclei that comes with the plugin. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Five_Tasks.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
images = root + "test-images/";
// For trying it out: so many iterations of each training, and a rate that a model of so few can tell, such as 2,2,2|70.
ofNormal = "375,750,1500";
ofBrown = "1,1,200";
// 0: 1 % of nominal patches, or the finest rate that the model can tell.
rate = 0;
arguments = split(getArgument(), "|");
if (arguments.length == 2) {
	ofNormal = arguments[0];
	ofBrown = arguments[0];
	rate = arguments[1];
}
out = target + "five-tasks/";
File.makeDirectory(target);
File.makeDirectory(out);
setBatchMode(true);
size = 192;
gap = 4;
title = 22;
newImage("five tasks", "RGB white", 5 * size + 4 * gap, title + 2 * size + gap, 1);
picture = getImageID();
setFont("SansSerif", 15, "antialiased");
setColor(0, 0, 0);

// 1. Noise of 20 gray values, which the macro does not tell: it is estimated.
open(images + "nuclei/test_noisy_gaussian.tif");
part(40, 40, 192);
place(0, 0);
run("CF-EBM Denoise...", "model=nuclei");
caption("Denoise", 0);
place(0, 1);

// 2. Scratches.
open(images + "nuclei/test_clean.tif");
part(40, 40, 192);
scratch();
setColor(255);
fill();
run("Select None");
place(1, 0);
scratch();
run("CF-EBM Inpaint...", "model=nuclei mask=Selection");
run("Select None");
caption("Inpaint", 1);
place(1, 1);

// 3. What does not belong to nuclei, by a model that has seen eight images of them. Iterations instead of minutes, so that
// every run gives the same model.
normal = out + "normal.cfebm";
if (!File.exists(normal)) run("CF-EBM Train...", "folder=[" + images + "nuclei/train] model=[" + normal +
	"] size=32 width=8 iterations=" + ofNormal + " preset=[Score matching] seed=1");
open(images + "screen/field_11.tif");
place(2, 0);
run("CF-EBM Anomaly Map...", "model=[" + normal + "] rate=" + rate + " smallest=150");
if (Overlay.size > 0) run("Flatten");
caption("Anomaly map", 2);
place(2, 1);

// 4. From one stain to another, by a model that has seen one image of the other; generated, not to be measured.
brown = out + "brown.cfebm";
if (!File.exists(brown)) {
	for (i = 1; i <= 2; i++) {
		copyImage("source", i);
		copyImage("target", i);
	}
	run("CF-EBM Train Style...", "sources=[" + out + "source] targets=[" + out + "target] model=[" + brown +
		"] preset=[Score matching] iterations=" + ofBrown + " seed=1");
	close();
}
open(images + "style/source_1.tif");
place(3, 0);
run("CF-EBM Translate Style...", "model=[" + brown + "] strength=0.5 seed=1");
caption("Style", 3);
place(3, 1);

// 5. Nuclei that never were: out of noise, coarse to fine. Above, where the finest stage starts from.
run("CF-EBM Sample...", "model=nuclei count=1 width=192 height=192 trajectory=15 seed=4");
setMinAndMax(0, 100);
caption("Sample", 4);
place(4, 1);
selectImage("trajectory of nuclei");
run("Duplicate...", "title=start duplicate frames=1");
place(4, 0);

selectImage(picture);
saveAs("PNG", out + "five-tasks.png");
print("The picture is in " + out);

// In a window: the picture.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") setBatchMode(false);

// A square part of the current image.
function part(x, y, side) {
	makeRectangle(x, y, side, side);
	run("Crop");
}

function scratch() {
	makeLine(20, 150, 175, 62, 4);
	run("Line to Area");
}

function copyImage(kind, i) {
	folder = out + kind + "/";
	File.makeDirectory(folder);
	File.copy(images + "style/" + kind + "_" + i + ".tif", folder + kind + "_" + i + ".tif");
}

function caption(text, column) {
	id = getImageID();
	selectImage(picture);
	setColor(0, 0, 0);
	drawString(text, column * (size + gap) + 2, title - 2);
	selectImage(id);
}

// A copy of the current image goes into the picture, as large as there is room for it.
function place(column, row) {
	id = getImageID();
	run("Select None");
	run("Duplicate...", "title=copy");
	run("RGB Color");
	if (getWidth() != size) run("Size...", "width=" + size + " height=" + size + " interpolation=Bicubic");
	run("Select All");
	run("Copy");
	close();
	selectImage(picture);
	makeRectangle(column * (size + gap), title + row * (size + gap), size, size);
	run("Paste");
	run("Select None");
	selectImage(id);
}
