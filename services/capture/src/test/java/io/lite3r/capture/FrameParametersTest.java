package io.lite3r.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameParametersTest {

  @Test
  void timeIsExactToTheNanosecond() throws FrameRefused {
    assertThat(frame("sequence=1", "timestamp=1795346353.606123457").timeNs())
        .isEqualTo(1_795_346_353_606_123_457L);
  }

  @Test
  void withoutATimestampTheSequenceCountsSeconds() throws FrameRefused {
    assertThat(frame("sequence=7").timeNs()).isEqualTo(7_000_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timestamp=-1",
        "timestamp=NaN",
        "timestamp=1e400",
        "timestamp=1e999999999",
        "timestamp=soon",
        "timestamp=9999999999999"
      })
  void impossibleTimesAreRefused(String parameter) {
    FrameRefused refused = refusal("sequence=1", parameter);

    assertThat(refused.reason()).isEqualTo(FrameRefused.Reason.BAD_PARAMETER);
    assertThat(refused).hasMessageContaining("Give seconds");
  }

  @Test
  void aSequenceIsRequired() {
    assertThat(refusal("timestamp=1")).hasMessageContaining("sequence is missing");
    assertThat(refusal("sequence=1.5")).hasMessageContaining("whole number");
    assertThat(refusal("sequence=9223372036854775807")).hasMessageContaining("timestamp");
  }

  @Test
  void anUnknownParameterIsNamedWithThoseThatAreKnown() {
    assertThat(refusal("sequence=1", "exposure=3"))
        .hasMessageContaining("'exposure'")
        .hasMessageContaining("timestamp");
  }

  @Test
  void aRepeatedParameterIsRefused() {
    FrameRefused refused =
        catchThrowableOfType(
            FrameRefused.class,
            () ->
                FrameParameters.frame(
                    "scene", "capture", "a", Map.of("sequence", List.of("1", "2"))));

    assertThat(refused).hasMessageContaining("2 times");
  }

  @Test
  void theRigIsSortedAndMustNameItsOwnCamera() throws FrameRefused {
    assertThat(frame("sequence=1", "rig=c,a,b").rigCameras()).containsExactly("a", "b", "c");
    assertThat(refusal("sequence=1", "rig=b,c")).hasMessageContaining("camera 'a'");
    assertThat(refusal("sequence=1", "rig=a,,b")).hasMessageContaining("camera ''");
  }

  @ParameterizedTest
  @CsvSource({"Kitchen,c,a", "-k,c,a", "k,c/d,a", "k,c,a b", "k,'',a", "k,c,..", "kk_1,c,a"})
  void namesAreChecked(String scene, String capture, String camera) {
    FrameRefused refused =
        catchThrowableOfType(
            FrameRefused.class,
            () -> FrameParameters.frame(scene, capture, camera, Map.of("sequence", List.of("1"))));

    assertThat(refused.reason()).isEqualTo(FrameRefused.Reason.BAD_PARAMETER);
  }

  @ParameterizedTest
  @CsvSource({
    "NaN,500,320,240",
    "1e9,500,320,240",
    "500,500,-1,240",
    "500,500,320,481",
    "500,2000,320,240",
    "0,0,320,240",
    "20,20,320,240",
    "x,500,320,240"
  })
  void intrinsicsThatNoCameraHasAreRefused(String fx, String fy, String cx, String cy) {
    FrameRefused refused =
        catchThrowableOfType(
            FrameRefused.class,
            () -> {
              FrameRequest request =
                  frame("sequence=1", "fx=" + fx, "fy=" + fy, "cx=" + cx, "cy=" + cy);
              request.calibration().of(640, 480);
            });

    assertThat(refused.reason()).isEqualTo(FrameRefused.Reason.BAD_INTRINSICS);
  }

  @Test
  void aCalibrationFollowsTheSizeOfItsImage() throws FrameRefused {
    Calibration measured = new Calibration(1000, 1000, 640, 480, List.of(), 1280, 960);

    assertThat(measured.of(640, 480).fx()).isEqualTo(500);
    assertThat(measured.of(640, 480).cy()).isEqualTo(240);
  }

  private static FrameRequest frame(String... parameters) throws FrameRefused {
    Map<String, List<String>> query = new HashMap<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      query.put(parameter.substring(0, equals), List.of(parameter.substring(equals + 1)));
    }
    return FrameParameters.frame("scene", "capture", "a", query);
  }

  private static FrameRefused refusal(String... parameters) {
    FrameRefused refused = catchThrowableOfType(FrameRefused.class, () -> frame(parameters));
    assertThat(refused).isNotNull();
    return refused;
  }
}
