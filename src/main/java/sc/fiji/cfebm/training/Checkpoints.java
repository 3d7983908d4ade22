package sc.fiji.cfebm.training;

import java.nio.file.Path;

/**
 * Where a training is kept while it goes on.
 *
 * @param file the checkpoint's file
 * @param seconds between two checkpoints; there is one at each stage's end, too
 * @param resume whether to go on from the file if it is there
 */
public record Checkpoints(Path file, double seconds, boolean resume) {}
