package io.lite3r.fusion.loop;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;

/**
 * The picture of a view as its submap has kept it: at the size of the depth map, which is the size
 * the model wants. So that views can be reconstructed once more, nothing else has to be kept.
 */
public final class KeptPicture {
  /** Nearly without loss: the pixels were resampled once already. */
  private static final double QUALITY = 0.97;

  private KeptPicture() {}

  /** As JPEG; the same view gives the same bytes. */
  public static byte[] jpeg(SubmapView view) {
    return JpegWriter.encode(new RgbImage(view.width(), view.height(), view.rgb()), QUALITY);
  }
}
