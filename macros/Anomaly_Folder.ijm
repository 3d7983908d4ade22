// Ranks the images of a folder by how unusual they are for a model of nominal ones. It writes the ranking and the unusual
// regions as tables (CSV), a picture of every image with what is unusual in it, and the ten most unusual as a montage.
// Run from the project's folder it learns from test-images/nuclei/train what is nominal (once, two minutes) and looks at
// test-images/screen:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Anomaly_Folder.ijm
// With a folder and a model of your own:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Anomaly_Folder.ijm "-Darg=IMAGES|MODEL|OUTPUT"
// (and |RATE, if it shall not be 1 % of nominal patches or the finest rate that the model can tell), or open it in Fiji and say which when asked.

arguments = split(getArgument(), "|");
root = getDir("cwd");
// 0: 1 %, or the finest rate that the model can tell.
rate = 0;
setBatchMode(true);
if (arguments.length >= 3) {
	input = arguments[0];
	model = arguments[1];
	output = arguments[2];
	if (arguments.length > 3) rate = parseFloat(arguments[3]);
} else if (File.exists(root + "test-images")) {
	input = root + "test-images/screen/";
	output = root + "target/anomalies/";
	model = output + "nuclei.cfebm";
	File.makeDirectory(root + "target");
	File.makeDirectory(output);
	// Iterations instead of minutes, so that every run gives the same model.
	if (!File.exists(model)) run("CF-EBM Train...", "folder=[" + root + "test-images/nuclei/train] model=[" + model +
		"] size=32 width=8 iterations=375,750,1500 preset=[Score matching] seed=1");
} else {
	Dialog.create("CF-EBM Anomaly Folder");
	Dialog.addDirectory("Images", "");
	Dialog.addFile("Model file", "");
	Dialog.addDirectory("Save tables and pictures in", "");
	Dialog.addNumber("False alarms (% of nominal patches; 0: 1, or what the model can tell)", rate);
	Dialog.show();
	input = Dialog.getString();
	model = Dialog.getString();
	output = Dialog.getString();
	rate = Dialog.getNumber();
}
if (!endsWith(input, "/") && !endsWith(input, "\\")) input = input + "/";
if (!endsWith(output, "/") && !endsWith(output, "\\")) output = output + "/";
if (!File.exists(input)) exit("There is no folder " + input + ".");
File.makeDirectory(output);
pictures = output + "pictures/";
File.makeDirectory(pictures);
if (!File.exists(pictures)) exit("The folder " + output + " cannot be made.");

// 1. Every image: its score (of a stack, that of its most unusual slice), its regions, its picture.
run("Clear Results");
names = newArray(0);
scores = newArray(0);
regions = newArray(0);
files = getFileList(input);
for (i = 0; i < files.length; i++) {
	if (isImage(files[i])) {
		before = nResults;
		open(input + files[i]);
		image = getImageID();
		run("CF-EBM Anomaly Map...", "model=[" + model + "] rate=" + rate);
		slices = split(Property.get("Anomaly score"), ",");
		most = 0;
		for (s = 1; s < slices.length; s++)
			if (parseFloat(slices[s]) > parseFloat(slices[most])) most = s;
		setSlice(most + 1);
		updateDisplay();
		saveAs("PNG", pictures + files[i] + ".png");
		closeFrom(image);
		names = Array.concat(names, files[i]);
		scores = Array.concat(scores, parseFloat(slices[most]));
		regions = Array.concat(regions, nResults - before);
	}
}
if (names.length == 0) exit("There is no image in " + input + ".");
saveAs("Results", output + "regions.csv");

// 2. The ranking.
order = Array.reverse(Array.rankPositions(scores));
run("Clear Results");
for (i = 0; i < order.length; i++) {
	setResult("Label", i, names[order[i]]);
	setResult("Score", i, scores[order[i]]);
	setResult("Regions", i, regions[order[i]]);
	if (i < 10) print(i + 1 + ". " + names[order[i]] + ": " + d2s(scores[order[i]], 2));
}
updateResults();
saveAs("Results", output + "ranking.csv");

// 3. The ten most unusual, the first at the top left.
size = 256;
shown = minOf(10, order.length);
columns = minOf(5, shown);
newImage("montage", "RGB black", columns * (size + 4) - 4, floor((shown + columns - 1) / columns) * (size + 4) - 4, 1);
montage = getImageID();
setFont("SansSerif", 14, "antialiased");
setColor(255, 255, 255);
for (i = 0; i < shown; i++) {
	open(pictures + names[order[i]] + ".png");
	scale = size / maxOf(getWidth(), getHeight());
	run("Size...", "width=" + round(scale * getWidth()) + " height=" + round(scale * getHeight()) + " interpolation=Bicubic");
	run("Select All");
	run("Copy");
	w = getWidth();
	h = getHeight();
	close();
	selectImage(montage);
	makeRectangle(i % columns * (size + 4), floor(i / columns) * (size + 4), w, h);
	run("Paste");
	run("Select None");
	drawString(i + 1 + ". score " + d2s(scores[order[i]], 1), i % columns * (size + 4) + 6, floor(i / columns) * (size + 4) + 22);
}
saveAs("PNG", output + "most-unusual.png");
print("The tables and pictures are in " + output);

// 4. In a window: the montage.
if (call("java.awt.GraphicsEnvironment.isHeadless") == "false") setBatchMode(false);

// Closes an image and all that were opened after it (their numbers are smaller), and no image of yours.
function closeFrom(first) {
	for (k = nImages(); k > 0; k--) {
		selectImage(k);
		if (getImageID() <= first) close();
	}
}

function isImage(name) {
	return matches(toLowerCase(name), ".*[.](tif|tiff|png|jpg|jpeg|gif|bmp)");
}
