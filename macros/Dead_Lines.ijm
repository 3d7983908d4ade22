// Fills in the dead lines of a camera: rows and a column without signal, one pixel and two pixels wide. Then a wide hole, in
// both ways; then missing pixels of a 32-bit image (NaN). Takes half a minute. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Dead_Lines.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
target = root + "target/";
if (!File.exists(root + "test-images")) {
	// In Fiji's package the images lie beside the macros, and results go where temporary files do.
	root = getDir("macros") + "CF-EBM/";
	target = getDir("temp") + "CF-EBM/";
}
if (!File.exists(root + "test-images")) root = getDir("The folder of the project, with test-images in it");
out = target + "dead-lines/";
File.makeDirectory(target);
File.makeDirectory(out);
setBatchMode(true);

// 1. An image with dead lines: overlay selections, as wide as the lines. The same overlay would do for a whole stack.
open(root + "test-images/nuclei/test_clean.tif");
clean = getImageID();
run("Duplicate...", "title=damaged");
damaged = getImageID();
setColor(0);
dead(0, 70, 255, 70, 1);
dead(0, 150, 255, 150, 2);
dead(120, 0, 120, 255, 2);
Overlay.hide;
saveAs("PNG", out + "damaged.png");

// 2. Filled in eight times: their mean, and their standard deviation as a second image.
run("CF-EBM Inpaint...", "model=nuclei mask=Overlay");
inpainted = getImageID();
print("dead lines: " + d2s(error(damaged, clean), 1) + " -> " + d2s(error(inpainted, clean), 1) + " gray values");
Overlay.hide;
saveAs("PNG", out + "inpainted.png");

// 3. A hole as wide as a nucleus: Conservative leaves it smooth, Generative draws what may have been there. Both give an image of
// the standard deviation of their completions, too.
selectImage(clean);
makeRectangle(176, 22, 36, 36);
run("CF-EBM Inpaint...", "model=nuclei mask=Selection method=Conservative");
run("Select None");
saveAs("PNG", out + "conservative.png");
selectImage(clean);
run("CF-EBM Inpaint...", "model=nuclei mask=Selection method=Generative completions=1");
run("Select None");
saveAs("PNG", out + "generative.png");

// 4. Missing pixels of a 32-bit image need no selection. There they may also come out brighter than 255.
selectImage(clean);
run("Select None");
run("Duplicate...", "title=missing");
run("32-bit");
for (x = 0; x < 256; x++) setPixel(x, 70, NaN);
run("CF-EBM Inpaint...", "model=nuclei mask=NaN completions=1");
getStatistics(area, mean, min);
print("missing pixels: " + bitDepth + " bits, smallest value " + d2s(min, 0));

// 5. The pictures side by side: dead lines, filled in; the hole filled in by Conservative, by Generative.
newImage("montage", "8-bit black", 4 * 256 + 3 * 4, 256, 1);
montage = getImageID();
pictures = newArray("damaged", "inpainted", "conservative", "generative");
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
saveAs("PNG", out + "dead-lines.png");
print("The pictures are in " + out);

// 6. In a window: the picture.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") setBatchMode(false);

// Blackens a line of the current image and adds it to the overlay.
function dead(x1, y1, x2, y2, width) {
	makeLine(x1, y1, x2, y2, width);
	Overlay.addSelection("", width);
	run("Line to Area");
	fill();
	run("Select None");
}

// Root mean square of the difference of two images under the lines, in gray values.
function error(a, b) {
	imageCalculator("Difference create 32-bit", a, b);
	run("Square");
	makeRectangle(0, 70, 256, 1);
	setKeyDown("shift");
	makeRectangle(0, 149, 256, 2);
	setKeyDown("shift");
	makeRectangle(119, 0, 2, 256);
	setKeyDown("none");
	getStatistics(area, meanSquare);
	close();
	return sqrt(meanSquare);
}
