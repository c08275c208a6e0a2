package io.lite3r.reconstruction.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.model.StrangerModel;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.WindowTensor;
import io.lite3r.reconstruction.window.WindowView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real ONNX Runtime session over the tests' model. */
class OnnxReconstructorTest {
  @Test
  void outputsComeInTheContractsRoles() throws Exception {
    Prediction prediction = predict(1, views(3));

    assertThat(prediction.depth()).hasSize(3 * 96 * 128);
    // Row 0 of the plane is at v = 1/96 - 1; brightness moves it by at most one per cent.
    assertThat(prediction.depth()[5])
        .isCloseTo((float) (1 / (.5 + .2 * (1 / 96.0 - 1))), within(.05f));
    assertThat(prediction.translation()).containsExactly(0, 0, 0, .1f, 0, 0, .2f, 0, 0);
    assertThat(prediction.rotation()).startsWith(1, 0, 0, 0);
    assertThat(prediction.focal()).startsWith(.9f, 1.2f);
  }

  @Test
  void aKnownFocalLengthReachesTheModel() throws Exception {
    WindowView view = views(1).getFirst();
    WindowView calibrated =
        new WindowView(
            view.name(),
            view.jpeg(),
            view.width(),
            view.height(),
            view.originalFromView(),
            new Intrinsics(112, 96, 80, 60, 160, 120));

    assertThat(predict(1, List.of(view, calibrated)).focal()).containsExactly(.9f, 1.2f, .7f, .8f);
  }

  @Test
  void threadsAndRepetitionDoNotChangeABit() throws Exception {
    List<WindowView> window = views(4);

    assertThat(predict(2, window).depth())
        .isEqualTo(predict(1, window).depth())
        .isEqualTo(predict(2, window).depth());
  }

  @Test
  void windowsThatPassTogetherGetTheAnswersTheyWouldHaveGotAlone() throws Exception {
    ModelFolder batched = ModelFolder.read(Models.TINY_BATCH);
    List<Integer> sizes = new ArrayList<>();
    List<WindowTensor> windows = new ArrayList<>();
    for (int from : new int[] {0, 3, 6}) {
      windows.add(
          WindowTensor.of(views(9).subList(from, from + 3), batched.contract().buckets(), false));
    }
    try (OnnxReconstructor together = new OnnxReconstructor(batched, 1);
        OnnxReconstructor single = new OnnxReconstructor(ModelFolder.read(Models.TINY), 1)) {
      together.tell((size, copyNs, runNs) -> sizes.add(size));
      List<Prediction> predictions = together.run(windows);

      assertThat(sizes).containsExactly(3);
      for (int i = 0; i < windows.size(); i++) {
        assertThat(predictions.get(i))
            .usingRecursiveComparison()
            .isEqualTo(single.run(windows.get(i)));
      }
    }
  }

  /**
   * ONNX Runtime makes integer products of Q/DQ pairs, which FP8 is not: such a model loads only
   * with {@code session.disable_quant_qdq}, and others must not have it.
   */
  @Test
  void anFp8ModelLoadsByTheOptionThatItsContractAsksForAndNotWithout(@TempDir Path folder)
      throws Exception {
    ModelFolder fp8 = ModelFolder.read(Models.TINY_FP8);
    List<WindowView> window = views(2);
    try (OnnxReconstructor reconstructor = new OnnxReconstructor(fp8, 1)) {
      Prediction prediction =
          reconstructor.run(WindowTensor.of(window, fp8.contract().buckets(), false));
      // Brightness went through FP8, and moves depth by a per cent at most.
      assertThat(prediction.depth()[5]).isCloseTo(predict(1, window).depth()[5], within(.01f));
      assertThat(prediction.confidence()).isNotEqualTo(predict(1, window).confidence());
    }

    ModelFolder calledOther =
        ModelFolder.read(
            Models.withContract(
                Models.TINY_FP8, folder, contract -> contract.put("precision", "int8-dynamic")));
    assertThatThrownBy(() -> new OnnxReconstructor(calledOther, 1))
        .isInstanceOf(StrangerModel.class)
        .hasMessageContaining("cannot be loaded")
        .hasMessageContaining("float8e4m3fn");
  }

  /** Each constant of the model in turn, spoiled as weights are: NaN, infinite, huge, gone. */
  @ParameterizedTest
  @CsvSource({
    "0.2, NaN",
    "0.587, NaN",
    "0.02, NaN",
    "0.1, NaN",
    "0.1, 0",
    "0.9, NaN",
    "4, NaN",
    "0.2, Infinity",
    "0.9, Infinity",
    "0.587, 1e38",
    "0.2, 1e30",
    "0.02, 1e6",
    "0.02, 0",
    "0.9, 1e6",
    "0.9, 0"
  })
  void aCorruptedModelReconstructsNoWindowAtAll(
      float constant, float corruption, @TempDir Path folder) throws Exception {
    ModelFolder model =
        ModelFolder.read(Models.withBytes(folder, Models.corrupted(constant, corruption)));
    try (OnnxReconstructor reconstructor = new OnnxReconstructor(model, 1)) {
      WindowReconstruction reconstruction =
          new WindowReconstruction(model.contract(), reconstructor);

      for (int views = 2; views <= 6; views++) {
        Outcome outcome = reconstruction.reconstruct(reconstruction.prepare(views(views)));

        assertThat(outcome)
            .as("%s instead of %s, %d views", corruption, constant, views)
            .isInstanceOfSatisfying(
                Outcome.Unreconstructable.class,
                bad ->
                    assertThat(bad.reason())
                        .isIn(Outcome.Reason.NOT_FINITE, Outcome.Reason.IMPLAUSIBLE));
      }
    }
  }

  @Test
  void theBenchPrintsALineForEachNumberOfViewsTheModelTakes(@TempDir Path folder) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    InferenceBench.run(
        Models.TINY,
        "auto",
        1,
        List.of(1, 2, 4),
        2,
        Engines.inFolder(folder, 0),
        new PrintStream(out));

    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode line = new ObjectMapper().readTree(lines.get(1));
    assertThat(line.get("views").asInt()).isEqualTo(4);
    assertThat(line.get("sha256").asText())
        .isEqualTo(ModelFolder.read(Models.TINY).contract().sha256());
    assertThat(line.get("inference_ms_p50").asDouble())
        .isGreaterThanOrEqualTo(line.get("inference_ms_min").asDouble());
  }

  private static Prediction predict(int threads, List<WindowView> views) throws Exception {
    ModelFolder model = ModelFolder.read(Models.TINY);
    try (OnnxReconstructor reconstructor = new OnnxReconstructor(model, threads)) {
      return reconstructor.run(WindowTensor.of(views, model.contract().buckets(), false));
    }
  }

  private static List<WindowView> views(int count) {
    return LongStream.range(0, count)
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
  }
}
