package io.lite3r.capture;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.imaging.ImageHeader;
import io.lite3r.imaging.ImageLimits;
import io.lite3r.imaging.ImageRefused;
import io.lite3r.imaging.StrictDecoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * From bytes to a frame: size against the limits before decoding, intrinsics against the size,
 * pixels, view. The same bytes give the same frame.
 *
 * @param limits what an image may measure
 * @param maxBytes most bytes of an image
 */
public record FramePreparation(ImageLimits limits, int maxBytes) {

  public PreparedFrame prepare(FrameRequest request, byte[] bytes) throws FrameRefused {
    if (bytes.length > maxBytes) {
      throw tooLarge(maxBytes);
    }
    try {
      ImageHeader header = ImageHeader.read(bytes);
      limits.check(header.width(), header.height());
      Calibration calibration = request.calibration();
      Intrinsics intrinsics =
          calibration == null ? null : calibration.of(header.width(), header.height());
      View view = View.of(bytes, header, StrictDecoder.decode(bytes, limits));
      return new PreparedFrame(
          request, bytes, sha256(bytes), header, view, intrinsics, position(request, bytes));
    } catch (ImageRefused e) {
      throw new FrameRefused(e);
    }
  }

  /** The refusal of a body that goes on beyond the limit. */
  public static FrameRefused tooLarge(int maxBytes) {
    return new FrameRefused(
        FrameRefused.Reason.TOO_LARGE,
        "The image has more than %d bytes. Send a smaller image or a stronger compression."
            .formatted(maxBytes));
  }

  private static @Nullable Position position(FrameRequest request, byte[] bytes) {
    Position given = request.position();
    return given != null || !request.readGps() ? given : Exif.read(bytes).position();
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
