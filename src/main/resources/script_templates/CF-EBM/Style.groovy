// Translates an image into the style of a model. The result is generated: look at it, never measure in it.

#@ ij.ImagePlus (label = "Image to translate") image
#@ File (label = "Model of the style") model
#@ Double (label = "Strength", min = 0, max = 1, stepSize = 0.05, value = 0.5) strength
#@ CommandService commands
#@output ij.ImagePlus saliency
#@output ij.ImagePlus translated

def command = commands.run("sc.fiji.cfebm.command.TranslateStyleCommand", false, [image: image,
	model: model, strength: strength, saliency: true]).get()
if (command.isCanceled()) throw new IllegalArgumentException(command.getCancelReason())
saliency = command.getOutput("saliencyMap")
translated = command.getOutput("translated")
