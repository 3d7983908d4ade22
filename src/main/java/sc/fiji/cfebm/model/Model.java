package sc.fiji.cfebm.model;

import java.io.IOException;
import java.nio.file.Path;

import sc.fiji.cfebm.tile.Normalization;

/** A trained model: the networks of all stages and what a task must know about them. */
public final class Model {

	/** What the energy means, and so which sampler fits it. */
	public enum Kind { SCORE_MATCHING, CONTRASTIVE }

	/** @throws IOException with one sentence naming the file, if it is missing, damaged, foreign or too new */
	public static Model read(final Path file) throws IOException { throw new UnsupportedOperationException(); }
	/** Atomic: a temporary file in the same folder, then a move. */
	public void write(final Path file) throws IOException { throw new UnsupportedOperationException(); }
	public Kind kind() { throw new UnsupportedOperationException(); }
	/** 1 for gray, 3 for RGB. */
	public int channels() { throw new UnsupportedOperationException(); }
	/** Side of the finest stage's tile in pixels: 8, 16, 32, 64, … */
	public int size() { throw new UnsupportedOperationException(); }
	/** The gray values it was trained on. */
	public Normalization range() { throw new UnsupportedOperationException(); }
}
