package io.lite3r.console.edge;

import io.lite3r.imaging.AreaResampler;
import io.lite3r.imaging.ImageRefused;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.imaging.StrictDecoder;
import io.lite3r.objects.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small pictures of the photographs a scene is made of; the last ones are kept. */
@ApplicationScoped
public class Photographs {
  static final String MEDIA_TYPE = "image/jpeg";
  private static final int LONG_SIDE = 320;
  private static final double QUALITY = 0.8;
  private static final int KEPT = 256;

  private final ObjectStore store;
  private final Map<String, byte[]> thumbnails =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > KEPT;
        }
      };

  @Inject
  Photographs(ObjectStore store) {
    this.store = store;
  }

  /** A JPEG of at most 320 pixels, from the original that capture keeps. */
  byte[] thumbnail(String scene, String capture, String camera, long sequence) {
    String key =
        "originals/%s/%s/%s/%d"
            .formatted(
                Names.scene(scene),
                Names.captureOrCamera(capture),
                Names.captureOrCamera(camera),
                sequence);
    synchronized (thumbnails) {
      byte[] known = thumbnails.get(key);
      if (known != null) {
        return known;
      }
    }
    byte[] made =
        SceneObjects.reading(() -> store.get(key).map(object -> small(object.bytes())))
            .orElseThrow(
                () ->
                    Problem.notFound(
                        "there is no original of this frame; capture's policy says which are kept"));
    synchronized (thumbnails) {
      thumbnails.put(key, made);
    }
    return made;
  }

  /** Drops the pictures of a scene that is no more. */
  void forget(String scene) {
    synchronized (thumbnails) {
      thumbnails.keySet().removeIf(key -> key.startsWith("originals/%s/".formatted(scene)));
    }
  }

  private static byte[] small(byte[] original) {
    try {
      RgbImage image = StrictDecoder.decode(original);
      double scale = Math.min(1, LONG_SIDE / (double) Math.max(image.width(), image.height()));
      int width = (int) Math.max(1, Math.round(image.width() * scale));
      int height = (int) Math.max(1, Math.round(image.height() * scale));
      return JpegWriter.encode(AreaResampler.resize(image, width, height), QUALITY);
    } catch (ImageRefused e) {
      throw Problem.badGateway("the stored original cannot be decoded: " + e.getMessage());
    }
  }
}
