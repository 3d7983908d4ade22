// Removes the noise of a dim micrograph. What noise it has is found: the log says so.
if (isOpen("noisy nuclei")) selectImage("noisy nuclei");
else run("CF-EBM Noisy Nuclei");
run("CF-EBM Denoise...", "model=nuclei");
print("The result is " + getTitle() + ".");
