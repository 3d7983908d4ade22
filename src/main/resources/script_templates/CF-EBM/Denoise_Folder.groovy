// Denoises all images of a folder and saves the results as TIFF in another folder. No file is overwritten, and an image
// that can't be denoised is named and left out.

import ij.IJ

#@ File (label = "Noisy images", style = "directory") input
#@ File (label = "Model (a file, or nuclei, or photo)", value = "nuclei") model
#@ File (label = "Save denoised images in", style = "directory") output
#@ Double (label = "Noise (sigma in gray values, 0: estimate)", value = 0) sigma
#@ CommandService commands
#@output Integer done

// A dialog makes a path of what is typed; the name of a model that comes with the plugin has none.
if (!model.exists()) model = new File(model.getName())
output.mkdirs()
done = 0
for (file in input.listFiles().findAll { it.name ==~ /(?i).*\.(tiff?|png|jpe?g|gif|bmp)/ }.sort()) {
	def result = new File(output, file.name + "-denoised.tif")
	// What can't be opened is told to the log instead of a dialog that waits for someone.
	IJ.redirectErrorMessages(true)
	def image = result.exists() ? null : IJ.openImage(file.path)
	IJ.redirectErrorMessages(false)
	if (image == null) {
		println file.name + (result.exists() ? ": " + result.name + " exists." : " can't be read.")
		continue
	}
	def command = commands.run("sc.fiji.cfebm.command.DenoiseCommand", false, [image: image, model: model,
		sigma: sigma]).get()
	if (command.isCanceled()) println file.name + ": " + command.getCancelReason()
	else {
		IJ.saveAsTiff(command.getOutput("denoised"), result.path)
		done++
	}
}
