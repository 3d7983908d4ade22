// Shows what is unusual in an image, for a model of nominal ones, and says how unusual the image is as a whole.

#@ ij.ImagePlus (label = "Image to look at") image
#@ File (label = "Model of nominal images") model
#@ Double (label = "False alarms (% of nominal patches, 0: the usual)", value = 0) rate
#@ CommandService commands
#@output ij.ImagePlus map
#@output ij.ImagePlus anomalies
#@output String score

def command = commands.run("sc.fiji.cfebm.command.AnomalyCommand", false, [image: image, model: model,
	rate: rate]).get()
if (command.isCanceled()) throw new IllegalArgumentException(command.getCancelReason())
map = command.getOutput("map")
anomalies = command.getOutput("anomalies")
// Of each slice.
score = map.getProp("Anomaly score")
