package io.lite3r.reconstruction.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.geometry.Affine2;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.window.WindowView;
import io.lite3r.schemas.v1.ClaimCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model that ships, on the capture that ships; and the same model with its weights damaged. */
class ShippedModelTest {
  private static final Path SAMPLE = Models.ROOT.resolve("samples/two-camera-room/images");

  @Test
  void theOutcomeIsTheSameToTheLastBitWithOneThreadAndWithTwo() throws Exception {
    ModelFolder model = ModelFolder.read(Models.SHIPPED);
    List<WindowView> full = window(0, 3);

    byte[] one = outcome(model, 1, full);

    assertThat(outcome(model, 2, full)).isEqualTo(one);
    assertThat(outcome(model, 2, window(1, 3))).isNotEqualTo(one);
  }

  /**
   * What an export can do to weights while their contract still vouches for the file. A file that
   * was damaged after its export is refused by its hash. What is not seen, since what comes out is
   * finite and looks like depth: some layers zeroed, or weights in another order;
   * docs/operations.md says so.
   */
  private enum Damage {
    NAN_IN_THE_FIRST_LAYER,
    NAN_IN_A_MIDDLE_LAYER,
    NAN_IN_THE_LAST_LAYER,
    ZERO_MATRICES,
    GARBAGE_FOR_MATRICES
  }

  @ParameterizedTest
  @EnumSource
  void damagedItReconstructsNoWindowAtAll(Damage damage, @TempDir Path folder) throws Exception {
    byte[] onnx = Files.readAllBytes(Models.SHIPPED.resolve("student.onnx"));
    damage(new Initializers(onnx), damage);
    ModelFolder model = ModelFolder.read(Models.withBytes(Models.SHIPPED, folder, onnx));
    try (OnnxReconstructor reconstructor = new OnnxReconstructor(model, 2)) {
      WindowReconstruction reconstruction =
          new WindowReconstruction(model.contract(), reconstructor);
      for (int first = 0; first < 4; first += 2) {
        assertThat(reconstruction.reconstruct(reconstruction.prepare(window(first, 1))))
            .as("%s, window from instant %d", damage, first)
            .isInstanceOfSatisfying(
                Outcome.Unreconstructable.class,
                bad ->
                    assertThat(bad.reason())
                        .isIn(Outcome.Reason.NOT_FINITE, Outcome.Reason.IMPLAUSIBLE));
      }
    }
  }

  private static void damage(Initializers weights, Damage damage) {
    // Smaller ones are sizes and factors of operators, not weights.
    List<Initializers.Weight> floats =
        weights.all().stream().filter(w -> w.canBeNan() && w.count() >= 32).toList();
    List<Initializers.Weight> matrices =
        weights.all().stream().filter(w -> w.count() >= 4096).toList();
    assertThat(floats).hasSizeGreaterThan(50);
    assertThat(matrices).hasSizeGreaterThan(50);
    Random random = new Random(1);
    switch (damage) {
      case NAN_IN_THE_FIRST_LAYER -> weights.nan(floats.getFirst());
      case NAN_IN_A_MIDDLE_LAYER -> weights.nan(floats.get(floats.size() / 2));
      case NAN_IN_THE_LAST_LAYER -> weights.nan(floats.getLast());
      case ZERO_MATRICES -> matrices.forEach(weights::zero);
      case GARBAGE_FOR_MATRICES -> matrices.forEach(weight -> weights.garbage(weight, random));
    }
  }

  /** All that reconstruction would store and publish of the window, as bytes. */
  private static byte[] outcome(ModelFolder model, int threads, List<WindowView> window)
      throws IOException, OutOfMemory {
    try (OnnxReconstructor reconstructor = new OnnxReconstructor(model, threads)) {
      WindowReconstruction reconstruction =
          new WindowReconstruction(model.contract(), reconstructor);
      Outcome outcome = reconstruction.reconstruct(reconstruction.prepare(window));
      assertThat(outcome).isInstanceOf(Outcome.Reconstructed.class);
      Outcome.Reconstructed good = (Outcome.Reconstructed) outcome;
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(RecordMapping.submap(good).encode());
      bytes.write(RecordMapping.record(good, ClaimCheck.getDefaultInstance()).toByteArray());
      return bytes.toByteArray();
    }
  }

  /** Both cameras at so many instants of the sample. */
  private static List<WindowView> window(int firstInstant, int instants) throws IOException {
    List<WindowView> views = new ArrayList<>();
    for (int i = firstInstant; i < firstInstant + instants; i++) {
      for (String camera : List.of("left", "right")) {
        Path file = SAMPLE.resolve("%s/%06d.jpg".formatted(camera, i));
        views.add(
            new WindowView(camera + i, Files.readAllBytes(file), 640, 480, Affine2.IDENTITY, null));
      }
    }
    return views;
  }
}
