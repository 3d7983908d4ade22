// Trains a model on a folder of clean images and denoises an image with it. The model is a file that can be used again:
// for that, the second command alone does.

#@ File (label = "Folder of images to learn from", style = "directory") folder
#@ File (label = "Save the model as", style = "save") model
#@ Double (label = "Time (minutes)", value = 10) minutes
#@ ij.ImagePlus (label = "Image to denoise") image
#@ CommandService commands
#@output ij.ImagePlus denoised

run("Train", [folder: folder, model: model, minutes: minutes])
denoised = run("Denoise", [image: image, model: model, method: "One step"]).getOutput("denoised")

// Runs a command without asking for what is left out, which has its default; the keys are those of macros.
def run(name, inputs) {
	def command = commands.run("sc.fiji.cfebm.command." + name + "Command", false, inputs).get()
	if (command.isCanceled()) throw new IllegalArgumentException(command.getCancelReason())
	return command
}
