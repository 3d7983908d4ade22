// Removes the noise of a hyperstack, each channel with a model of its own: nuclei in the first, filaments in the second.
if (isOpen("nuclei and filaments")) selectImage("nuclei and filaments");
else run("CF-EBM Nuclei and Filaments");
run("CF-EBM Denoise...", "model=[nuclei;microscopy]");
print("The result is " + getTitle() + ".");
