package io.lite3r.capture.edge;

import org.jspecify.annotations.Nullable;

/**
 * How a folder is played.
 *
 * @param capture name of the capture; null for one that the folder's content gives, so that playing
 *     it again has no effect
 * @param useIntrinsics intrinsics of cameras.json, or EXIF focal lengths, go into the records
 * @param useRig the rig's camera offsets go into the records
 * @param usePoses poses go into the records as priors
 * @param ignoreGps positions stay out of the records
 */
public record PlayOptions(
    @Nullable String capture,
    Rate rate,
    boolean useIntrinsics,
    boolean useRig,
    boolean usePoses,
    boolean ignoreGps) {

  /** How fast. */
  public enum Rate {
    /** As the capture times say. */
    REALTIME,
    /** As fast as it goes. */
    MAX
  }

  /** As fast as it goes, nothing but pixels and GPS. */
  public static PlayOptions fast() {
    return new PlayOptions(null, Rate.MAX, false, false, false, false);
  }
}
