package io.lite3r.reconstruction.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.reconstruction.model.Bucket;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WindowTensorTest {
  private static final List<Bucket> BUCKETS = List.of(new Bucket(30, 40), new Bucket(40, 30));

  @Test
  void coloursBecomePlanesInZeroToOneInTheViewsOrder() throws UnreadableView {
    WindowTensor tensor =
        WindowTensor.of(
            List.of(view(160, 120, 255, 128, 0, null), view(160, 120, 0, 0, 255, null)),
            BUCKETS,
            false);

    FloatBuffer images = tensor.images();
    int plane = 30 * 40;
    assertThat(images.remaining()).isEqualTo(2 * 3 * plane);
    assertThat(images.get(plane / 2)).as("red of view 0").isCloseTo(1, within(.02f));
    assertThat(images.get(plane + plane / 2)).as("green of view 0").isCloseTo(.5f, within(.02f));
    assertThat(images.get(2 * plane + plane / 2)).as("blue of view 0").isCloseTo(0, within(.02f));
    assertThat(images.get(5 * plane + plane / 2)).as("blue of view 1").isCloseTo(1, within(.02f));
    assertThat(tensor.rgb(1)).hasSize(3 * plane);
    assertThat(tensor.rgb(1)[2] & 0xff).isGreaterThan(250);
  }

  @Test
  void theWindowKnowsWhereItsPixelsLieInTheOriginal() throws UnreadableView {
    WindowTensor tensor =
        WindowTensor.of(
            List.of(view(160, 120, 9, 9, 9, null), view(160, 80, 9, 9, 9, null)), BUCKETS, false);

    // The grid's centre is the original's centre, whatever was stretched on the way.
    assertThat(tensor.originalFromDepth(0).applyX(20, 15)).isCloseTo(320, within(1e-9));
    assertThat(tensor.originalFromDepth(0).applyY(20, 15)).isCloseTo(240, within(1e-9));
    assertThat(tensor.originalFromDepth(1).applyX(40, 30)).isCloseTo(640, within(1e-9));
    assertThat(tensor.originalFromDepth(1).applyY(40, 30)).isCloseTo(320, within(1e-9));
  }

  @Test
  void knownFocalLengthsAreGivenRelativeToTheImageAndUnknownAreZero() throws UnreadableView {
    Intrinsics k = new Intrinsics(512, 480, 320, 240, 640, 480);

    WindowTensor tensor =
        WindowTensor.of(
            List.of(view(160, 120, 9, 9, 9, k), view(160, 120, 9, 9, 9, null)), BUCKETS, false);

    float[] hint = new float[4];
    tensor.focalHint().get(hint);
    assertThat(hint).containsExactly(512f / 640, 1f, 0, 0);
  }

  @Test
  void aModelThatTakesItIsToldTheRatioThatSquarePixelsGive() throws UnreadableView {
    WindowTensor tensor = WindowTensor.of(List.of(view(160, 80, 9, 9, 9, null)), BUCKETS, true);

    float[] hint = new float[2];
    tensor.focalHint().get(hint);
    // f / 160 and f / 80: the second is twice the first, whatever f is
    assertThat(hint).containsExactly(-1f, -2f);
  }

  @Test
  void aPortraitWindowGoesToThePortraitBucket() throws UnreadableView {
    assertThat(WindowTensor.of(List.of(view(90, 160, 1, 1, 1, null)), BUCKETS, false).bucket())
        .isEqualTo(new Bucket(40, 30));
  }

  @Test
  void halfAnImageIsRefusedByTheNameOfItsView() {
    WindowView whole = view(160, 120, 5, 5, 5, null);
    WindowView half =
        new WindowView(
            "s/c/left/7",
            Arrays.copyOf(whole.jpeg(), whole.jpeg().length - 9),
            160,
            120,
            Affine2.IDENTITY,
            null);

    assertThatThrownBy(() -> WindowTensor.of(List.of(whole, half), BUCKETS, false))
        .isInstanceOf(UnreadableView.class)
        .hasMessageContaining("s/c/left/7");
  }

  @Test
  void anImageOfAnotherSizeThanItsRecordSaysIsRefused() {
    WindowView view = view(160, 120, 5, 5, 5, null);
    WindowView lying = new WindowView("liar", view.jpeg(), 320, 240, view.originalFromView(), null);

    assertThatThrownBy(() -> WindowTensor.of(List.of(lying), BUCKETS, false))
        .isInstanceOf(UnreadableView.class)
        .hasMessageContaining("160 x 120")
        .hasMessageContaining("320 x 240");
  }

  /** A view of one colour whose original is four times as large. */
  private static WindowView view(
      int width, int height, int red, int green, int blue, @Nullable Intrinsics k) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) green;
      rgb[i + 2] = (byte) blue;
    }
    return new WindowView(
        "view",
        JpegWriter.encode(new RgbImage(width, height, rgb), .95),
        width,
        height,
        Affine2.resize(width, height, 4 * width, 4 * height),
        k);
  }
}
