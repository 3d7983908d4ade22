// Invents images of nuclei with the model that comes with the plugin, as a montage, and one larger than the model's tiles.
// They show what the model has learnt; they are no data. Takes half a minute. Run it from the project's folder:
//   mvn -q compile exec:exec@macro -Dmacro=macros/Sample.ijm
// or open it in Fiji, in the folder macros/CF-EBM, and press Run.

root = getDir("cwd");
out = root + "target/";
// In Fiji's package the images go where temporary files do.
if (!File.exists(root + "test-images")) out = getDir("temp") + "CF-EBM/";
File.makeDirectory(out);

run("CF-EBM Sample...", "model=nuclei count=16 output=Montage seed=1");
print("montage " + getTitle() + " " + getWidth() + "x" + getHeight());
setMinAndMax(0, 100);
saveAs("PNG", out + "samples.png");

run("CF-EBM Sample...", "model=nuclei count=1 width=256 height=192 seed=1");
print("large image " + getTitle() + " " + getWidth() + "x" + getHeight());
setMinAndMax(0, 100);
saveAs("PNG", out + "sample-large.png");
