package sc.fiji.cfebm.volume;

import java.util.List;

import com.google.gson.JsonObject;

/**
 * What an OME-Zarr says beside its pixels and axes.
 *
 * @param name of the image; null: it has none
 * @param omero channels, their colors and windows, as it stands in the file; null: nothing
 * @param levels by how much each further level of the pyramid is smaller than the one before it, for each dimension, x first; none: there
 *          is no pyramid
 * @param fill the gray value of what is not stored
 */
public record OmeMetadata(String name, JsonObject omero, List<int[]> levels, float fill) {

	public static final OmeMetadata NONE = new OmeMetadata(null, null, List.of(), 0);
}
