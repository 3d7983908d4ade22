// Removes the noise of a color image. The noise is known here; left out, it is estimated.
if (isOpen("noisy tissue")) selectImage("noisy tissue");
else run("CF-EBM Noisy Tissue");
run("CF-EBM Denoise...", "model=photo-color sigma=20");
print("The result is " + getTitle() + ".");
