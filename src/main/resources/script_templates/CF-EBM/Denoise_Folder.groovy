// Denoises all images of a folder and its subfolders and saves the results as TIFF in another folder, with a table and a contact
// sheet. No file is overwritten, the same call goes on where it was stopped, and what can't be done is named in the table.

#@ File (label = "Noisy images", style = "directory") input
#@ File (label = "Model (a file, or nuclei, or photo)", value = "nuclei") model
#@ File (label = "Save denoised images in", style = "directory") output
#@ Double (label = "Noise (sigma in gray values, 0: estimate)", value = 0) sigma
#@ CommandService commands
#@output String problem

// A dialog makes a path of what is typed; the name of a model that comes with the plugin has none.
if (!model.exists()) model = new File(model.getName())
def command = commands.run("sc.fiji.cfebm.command.BatchCommand", false, [task: "Denoise", input: input, output: output, model: model,
	options: "sigma=" + sigma]).get()
problem = command.isCanceled() ? command.getCancelReason() : ""
if (problem) println problem
