package io.lite3r.reconstruction.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.geometry.Affine2;
import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.model.StrangerModel;
import io.lite3r.reconstruction.window.WindowView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A student of Depth-Anything-3 at toy width, as the Python package exports the real ones: one
 * number of views, one size of picture, FP8, weights in a file beside the graph.
 */
class BackboneModelTest {
  private static final Path TOY =
      Path.of(System.getProperty("lite3r.root"), "tests/models/da3-toy");
  private static final String DATA = "student.onnx.data";

  @TempDir Path folder;

  @BeforeEach
  void copyTheModel() throws IOException {
    for (String name : List.of("student.onnx", DATA, "contract.json")) {
      Files.copy(TOY.resolve(name), folder.resolve(name));
    }
  }

  @Test
  void itsWindowIsReconstructedInTheFirstViewsFrame() throws Exception {
    Outcome outcome = reconstruct(3);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Reconstructed.class,
            done -> {
              assertThat(done.views()).hasSize(3);
              assertThat(done.views().getFirst().geometry().submapFromCamera().translation().norm())
                  .isZero();
              assertThat(done.views().getLast().geometry().submapFromCamera().translation().norm())
                  .isPositive();
            });
  }

  @Test
  void aWindowOfAnotherSizeEndsWithAReason() throws Exception {
    assertThat(reconstruct(2))
        .isInstanceOfSatisfying(
            Outcome.Unreconstructable.class,
            bad -> assertThat(bad.reason()).isEqualTo(Outcome.Reason.TOO_FEW_VIEWS));
  }

  @Test
  void oneOtherByteInItsWeightsIsRefused() throws IOException {
    byte[] weights = Files.readAllBytes(folder.resolve(DATA));
    weights[weights.length / 2] ^= 1;
    Files.write(folder.resolve(DATA), weights);

    assertThatThrownBy(() -> ModelFolder.read(folder))
        .isInstanceOf(StrangerModel.class)
        .hasMessageContainingAll("lite3r-da3-toy", DATA, "sha256");
  }

  @Test
  void missingWeightsAreNamed() throws IOException {
    Files.delete(folder.resolve(DATA));

    assertThatThrownBy(() -> ModelFolder.read(folder))
        .isInstanceOf(StrangerModel.class)
        .hasMessageContainingAll(DATA + " does not exist", "Copy the whole folder");
  }

  private Outcome reconstruct(int views) throws Exception {
    ModelFolder model = ModelFolder.read(folder);
    try (OnnxReconstructor reconstructor = new OnnxReconstructor(model, 1)) {
      WindowReconstruction reconstruction =
          new WindowReconstruction(model.contract(), reconstructor);
      List<WindowView> window =
          LongStream.range(0, views)
              .mapToObj(
                  i ->
                      new WindowView(
                          "v" + i,
                          Windows.jpeg(i),
                          Windows.WIDTH,
                          Windows.HEIGHT,
                          Affine2.IDENTITY,
                          null))
              .toList();
      return reconstruction.reconstruct(reconstruction.prepare(window));
    }
  }
}
