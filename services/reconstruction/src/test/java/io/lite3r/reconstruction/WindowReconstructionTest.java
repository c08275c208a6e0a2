package io.lite3r.reconstruction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.FocalConvention;
import io.lite3r.reconstruction.model.Precision;
import io.lite3r.reconstruction.model.Role;
import io.lite3r.reconstruction.window.WindowView;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WindowReconstructionTest {
  private static final Contract CONTRACT =
      new Contract(
          "1",
          "two-to-four",
          "0".repeat(64),
          Precision.FP32,
          2,
          4,
          1,
          List.of(new Bucket(6, 8)),
          "images",
          null,
          false,
          Map.of(
              Role.DEPTH, "d",
              Role.CONFIDENCE, "c",
              Role.ROTATION, "r",
              Role.TRANSLATION, "t",
              Role.FOCAL, "f"),
          FocalConvention.BOTH_AXES);

  @Test
  void aWindowOutsideTheModelsRangeNeverReachesTheNetwork() throws Exception {
    assertThat(reconstruct(1, unreachable()))
        .isEqualTo(
            new Outcome.Unreconstructable(
                Outcome.Reason.TOO_FEW_VIEWS,
                "the window has 1 views, model two-to-four needs at least 2"));
    assertThat(reconstruct(5, unreachable()))
        .isInstanceOfSatisfying(
            Outcome.Unreconstructable.class,
            o -> assertThat(o.reason()).isEqualTo(Outcome.Reason.TOO_MANY_VIEWS));
  }

  @Test
  void aRuntimeThatFailsIsAnOutcomeToo() throws Exception {
    Outcome outcome =
        reconstruct(
            2,
            tensor -> {
              throw new Reconstructor.InferenceFailed("no such operator", new Exception());
            });

    assertThat(outcome)
        .isEqualTo(new Outcome.Unreconstructable(Outcome.Reason.RUNTIME, "no such operator"));
  }

  @Test
  void anOutcomesNameDependsOnWindowModelAndContract() {
    String key = OutcomeKey.of("w", "m", "1");

    assertThat(key).hasSize(64).isEqualTo(OutcomeKey.of("w", "m", "1"));
    assertThat(
            List.of(
                OutcomeKey.of("v", "m", "1"),
                OutcomeKey.of("w", "n", "1"),
                OutcomeKey.of("w", "m", "2")))
        .doesNotContain(key)
        .doesNotHaveDuplicates();
  }

  private static Outcome reconstruct(int views, Reconstructor network) throws OutOfMemory {
    WindowReconstruction reconstruction = new WindowReconstruction(CONTRACT, network);
    return reconstruction.reconstruct(reconstruction.prepare(Collections.nCopies(views, view())));
  }

  private static Reconstructor unreachable() {
    return tensor -> {
      throw new AssertionError("the network was asked");
    };
  }

  private static WindowView view() {
    byte[] jpeg = JpegWriter.encode(new RgbImage(64, 48, new byte[3 * 64 * 48]), .9);
    return new WindowView("view", jpeg, 64, 48, Affine2.IDENTITY, null);
  }
}
