package io.lite3r.reconstruction.window;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.imaging.AreaResampler;
import io.lite3r.imaging.ImageRefused;
import io.lite3r.imaging.RgbImage;
import io.lite3r.imaging.StrictDecoder;
import io.lite3r.reconstruction.model.Bucket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A window as the model wants it: [S, 3, H, W] floats, RGB in 0..1, every view stretched onto the
 * bucket by area averaging. It also keeps the stretched pixels, which become the submap's colours,
 * and the map from each of them back to the original.
 */
public final class WindowTensor {
  private static final float[] UNIT = unit();

  private final Bucket bucket;
  private final List<RgbImage> pixels;
  private final List<Affine2> originalFromDepth;
  private final FloatBuffer images;
  private final FloatBuffer focalHint;

  private WindowTensor(
      Bucket bucket,
      List<RgbImage> pixels,
      List<Affine2> originalFromDepth,
      FloatBuffer focalHint) {
    this.bucket = bucket;
    this.pixels = List.copyOf(pixels);
    this.originalFromDepth = List.copyOf(originalFromDepth);
    this.images = planes(bucket, pixels);
    this.focalHint = focalHint;
  }

  /**
   * Decodes, chooses the bucket and resamples.
   *
   * @param takesRatio whether the model wants to know how a view with an unknown focal length was
   *     stretched
   * @throws UnreadableView when a view is no whole image of the size its record states
   */
  public static WindowTensor of(List<WindowView> views, List<Bucket> buckets, boolean takesRatio)
      throws UnreadableView {
    Bucket bucket =
        Bucket.nearest(buckets, views.stream().map(v -> (double) v.width() / v.height()).toList());
    List<RgbImage> pixels = new ArrayList<>();
    List<Affine2> maps = new ArrayList<>();
    FloatBuffer hint = floats(2 * views.size());
    for (WindowView view : views) {
      pixels.add(AreaResampler.resize(decode(view), bucket.width(), bucket.height()));
      maps.add(
          view.originalFromView()
              .times(Affine2.resize(bucket.width(), bucket.height(), view.width(), view.height())));
      putHint(view, takesRatio, hint);
    }
    return new WindowTensor(bucket, pixels, maps, hint.flip());
  }

  public Bucket bucket() {
    return bucket;
  }

  /** S, the number of views. */
  public int views() {
    return pixels.size();
  }

  /** [S, 3, H, W], direct, native byte order; a fresh position over the same floats. */
  public FloatBuffer images() {
    return images.duplicate();
  }

  /**
   * [S, 2]: fx / width and fy / height where the camera gave a calibration; else 0, or negative
   * numbers with the ratio that square pixels give them.
   */
  public FloatBuffer focalHint() {
    return focalHint.duplicate();
  }

  /** The view's pixels on the model's grid, RGB interleaved. */
  public byte[] rgb(int view) {
    return pixels.get(view).rgb();
  }

  /** Whether any two views differ in any pixel; a camera that stands before a wall may not. */
  public boolean viewsDiffer() {
    byte[] first = rgb(0);
    return pixels.stream().anyMatch(image -> !Arrays.equals(image.rgb(), first));
  }

  /** Maps a pixel of the view's depth map to the original image's pixel. */
  public Affine2 originalFromDepth(int view) {
    return originalFromDepth.get(view);
  }

  private static RgbImage decode(WindowView view) throws UnreadableView {
    try {
      RgbImage image = StrictDecoder.decode(view.jpeg());
      if (image.width() != view.width() || image.height() != view.height()) {
        throw new UnreadableView(
            "view %s is an image of %d x %d, its record says %d x %d"
                .formatted(
                    view.name(), image.width(), image.height(), view.width(), view.height()));
      }
      return image;
    } catch (ImageRefused e) {
      throw new UnreadableView("view %s: %s".formatted(view.name(), e.getMessage()), e);
    }
  }

  /** A focal length relative to its image survives every resize; the crop is undone by the map. */
  private static void putHint(WindowView view, boolean takesRatio, FloatBuffer hint) {
    Intrinsics k = view.originalIntrinsics();
    if (k == null && takesRatio) {
      float longSide = Math.max(view.width(), view.height());
      hint.put(-longSide / view.width()).put(-longSide / view.height());
    } else if (k == null) {
      hint.put(0).put(0);
    } else {
      hint.put((float) (k.fx() / view.originalFromView().m00() / view.width()))
          .put((float) (k.fy() / view.originalFromView().m11() / view.height()));
    }
  }

  private static FloatBuffer planes(Bucket bucket, List<RgbImage> pixels) {
    int plane = bucket.width() * bucket.height();
    float[] view = new float[3 * plane];
    FloatBuffer images = floats(pixels.size() * view.length);
    for (RgbImage image : pixels) {
      byte[] rgb = image.rgb();
      for (int i = 0; i < plane; i++) {
        view[i] = UNIT[rgb[3 * i] & 0xff];
        view[plane + i] = UNIT[rgb[3 * i + 1] & 0xff];
        view[2 * plane + i] = UNIT[rgb[3 * i + 2] & 0xff];
      }
      images.put(view);
    }
    return images.flip();
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static float[] unit() {
    float[] unit = new float[256];
    for (int i = 0; i < 256; i++) {
      unit[i] = i / 255f;
    }
    return unit;
  }
}
