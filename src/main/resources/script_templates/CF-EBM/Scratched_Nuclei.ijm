// Fills in a scratch, which is selected. What is filled in is invented: plausible, not measured.
if (isOpen("scratched nuclei")) selectImage("scratched nuclei");
else run("CF-EBM Scratched Nuclei");
run("CF-EBM Inpaint...", "model=nuclei mask=Selection");
print("The result is " + getTitle() + ".");
