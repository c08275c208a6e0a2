package io.lite3r.reconstruction.edge;

import com.google.protobuf.ByteString;
import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.schemas.GeometryMapping;
import io.lite3r.schemas.v1.CloseReason;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.View;
import io.lite3r.schemas.v1.Window;
import java.util.Random;

/** Windows as windowing publishes them, in a line. */
final class Windows {
  static final int WIDTH = 160;
  static final int HEIGHT = 120;

  private Windows() {}

  static Window of(String scene, long number, int views) {
    Window.Builder window =
        Window.newBuilder()
            .setId("%s-window-%d".formatted(scene, number))
            .setScene(scene)
            .setCapture("walk")
            .setNumber(number)
            .setNumberInCapture(number)
            .setConfigurationVersion("1")
            .setSharedWithPrevious(number == 0 ? 0 : 1)
            .setCloseReason(CloseReason.CLOSE_REASON_FULL)
            .setClosedAtNs(1_000);
    for (int v = 0; v < views; v++) {
      window.addViews(frame(scene, number * (views - 1) + v));
    }
    return window.build();
  }

  private static Frame frame(String scene, long sequence) {
    return Frame.newBuilder()
        .setId(
            FrameId.newBuilder()
                .setScene(scene)
                .setCapture("walk")
                .setCamera("left")
                .setSequence(sequence))
        .setCaptureTimeNs(sequence * 100_000_000L)
        .setAcceptedAtNs(42)
        .setOriginalWidth(4 * WIDTH)
        .setOriginalHeight(4 * HEIGHT)
        .setSourceName("%04d.jpg".formatted(sequence))
        .setView(
            View.newBuilder()
                .setJpeg(ByteString.copyFrom(jpeg(sequence)))
                .setWidth(WIDTH)
                .setHeight(HEIGHT)
                .setOriginalFromView(
                    GeometryMapping.toRecord(Affine2.resize(WIDTH, HEIGHT, 4 * WIDTH, 4 * HEIGHT))))
        .build();
  }

  static byte[] jpeg(long seed) {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    new Random(seed).nextBytes(rgb);
    return JpegWriter.encode(new RgbImage(WIDTH, HEIGHT, rgb), 0.9);
  }
}
