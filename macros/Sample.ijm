// Invents images of nuclei with the model that comes with the plugin, as a montage, and one larger than the model's tiles.
// They show what the model has learnt; they are no data. Takes half a minute. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Sample.ijm

out = getDir("cwd") + "target" + File.separator;
if (!File.exists(out)) out = getDir("A folder for the images");

run("CF-EBM Sample...", "model=nuclei count=16 output=Montage seed=1");
print("montage " + getTitle() + " " + getWidth() + "x" + getHeight());
setMinAndMax(0, 100);
saveAs("PNG", out + "samples.png");

run("CF-EBM Sample...", "model=nuclei count=1 width=256 height=192 seed=1");
print("large image " + getTitle() + " " + getWidth() + "x" + getHeight());
setMinAndMax(0, 100);
saveAs("PNG", out + "sample-large.png");
