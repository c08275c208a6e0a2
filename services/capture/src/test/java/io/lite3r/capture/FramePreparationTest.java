package io.lite3r.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lite3r.imaging.ImageLimits;
import io.lite3r.imaging.ImageRefused;
import io.lite3r.imaging.RgbImage;
import io.lite3r.imaging.StrictDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramePreparationTest {
  private final FramePreparation preparation =
      new FramePreparation(ImageLimits.DEFAULT, 10_000_000);

  @ParameterizedTest
  @CsvSource({
    "1280,960,640,480",
    "1080,1920,360,640",
    "2000,1125,640,360",
    "1226,370,640,193",
    "640,480,640,480",
    "200,100,200,100"
  })
  void theViewKeepsTheAspectAndKnowsTheWayBack(int w, int h, int viewW, int viewH)
      throws FrameRefused, ImageRefused {
    View view = preparation.prepare(request(), Pictures.jpeg(w, h, 1)).view();

    assertThat(view.width()).isEqualTo(viewW);
    assertThat(view.height()).isEqualTo(viewH);
    assertThat(view.originalFromView().applyX(viewW, viewH)).isEqualTo(w);
    assertThat(view.originalFromView().applyY(viewW, viewH)).isEqualTo(h);
    RgbImage decoded = StrictDecoder.decode(view.jpeg());
    assertThat(decoded.width()).isEqualTo(viewW);
    assertThat(decoded.height()).isEqualTo(viewH);
  }

  @Test
  void theSameBytesGiveTheSameFrame() throws FrameRefused {
    byte[] jpeg = Pictures.jpeg(1280, 960, 1);

    PreparedFrame first = preparation.prepare(request(), jpeg);
    PreparedFrame second = preparation.prepare(request(), jpeg);

    assertThat(second.view().jpeg()).isEqualTo(first.view().jpeg());
    assertThat(second.sha256()).isEqualTo(first.sha256());
  }

  @Test
  void aSmallJpegTravelsAsItCame() throws FrameRefused {
    byte[] jpeg = Pictures.jpeg(640, 480, 1);

    assertThat(preparation.prepare(request(), jpeg).view().jpeg()).isSameAs(jpeg);
  }

  @Test
  void tooManyBytesAreRefused() {
    FramePreparation small = new FramePreparation(ImageLimits.DEFAULT, 1000);

    assertThatThrownBy(() -> small.prepare(request(), Pictures.jpeg(640, 480, 1)))
        .hasMessageContaining("1000 bytes");
  }

  @Test
  void aDronesPositionAndTimeAreReadFromExif() throws IOException, FrameRefused {
    Path photo =
        Path.of(System.getProperty("lite3r.root"))
            .resolve("../shared/data/drone-park/images/DJI_0018.jpg");
    assumeThat(photo).as("the measuring captures lie beside the repository").exists();
    byte[] bytes = Files.readAllBytes(photo);

    Position position = preparation.prepare(request(), bytes).position();

    assertThat(position.latitude()).isCloseTo(46.84260708, within(1e-7));
    assertThat(position.longitude()).isCloseTo(-91.99455989, within(1e-7));
    assertThat(position.altitude()).isCloseTo(198.309, within(1e-3));
    assertThat(Exif.read(bytes).timeNs()).isPositive();
    assertThat(Exif.read(bytes).focalLength35mm()).isNotNull();
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.api.Assertions.within(value);
  }

  private static FrameRequest request() throws FrameRefused {
    return new FrameRequest(
        FrameName.of("scene", "capture", "a", 0), 0, List.of(), null, null, null, null, true, "");
  }
}
