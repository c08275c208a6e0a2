package io.lite3r.reconstruction.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lite3r.reconstruction.model.StrangerModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that is not what its contract says is refused at start, by name and with the cure. */
class StrangerModelTest {
  @TempDir Path folder;

  @Test
  void theModelOfTheTestsIsNoStranger() {
    assertThatCode(() -> load(Models.TINY)).doesNotThrowAnyException();
  }

  @Test
  void anotherFileThanTheContractDescribesIsRefused() throws IOException {
    Models.withContract(folder, c -> {});
    byte[] other = Files.readAllBytes(folder.resolve("student.onnx"));
    other[other.length - 1] ^= 1;
    Files.write(folder.resolve("student.onnx"), other);

    assertRefused(
        folder, "lite3r-tiny", "sha256", "Export student.onnx and contract.json together");
  }

  @Test
  void aMissingFileIsNamed() {
    assertRefused(folder, "student.onnx does not exist", "lite3r.model.dir");
  }

  @Test
  void aFileThatIsNoModelIsRefused() throws IOException {
    Models.withBytes(folder, new byte[] {1, 2, 3});

    assertRefused(folder, "lite3r-tiny", "cannot be loaded");
  }

  @Test
  void aContractAgainstTheSchemaIsRefusedWithTheFault() throws IOException {
    assertRefusedWhen(c -> c.remove("licence"), "licence");
    assertRefusedWhen(c -> c.put("colour", "BGR"), "colour");
    assertRefusedWhen(c -> c.put("precision", "fp4"), "precision");
    assertRefusedWhen(c -> c.put("contract_version", "2"), "contract_version");
    assertRefusedWhen(c -> c.withArray("outputs").remove(3), "TRANSLATION");
    assertRefusedWhen(
        c -> c.withArray("outputs").add(c.withArray("outputs").get(0).deepCopy()), "two outputs");
  }

  @Test
  void aContractThatPromisesOtherTensorsIsRefusedWithEach() throws IOException {
    assertRefusedWhen(c -> c.withObject("input").put("name", "pixels"), "pixels", "images");
    assertRefusedWhen(c -> c.remove("focal_hint"), "focal_hint");
    assertRefusedWhen(
        c -> ((ObjectNode) c.withArray("outputs").get(0)).put("name", "inverse"),
        "no output 'inverse'");
    assertRefusedWhen(
        c ->
            ((ObjectNode) c.withArray("outputs").get(4))
                .put("convention", "focal/width, square pixels, principal point at centre"),
        "'focal' has shape");
  }

  @Test
  void aProviderThisBuildLacksIsRefusedWithTheCure() {
    assertThat(Provider.candidates("cpu")).containsExactly(Provider.CPU);
    assertThatThrownBy(() -> Provider.candidates("tensorrt"))
        .hasMessageContainingAll("tensorrt", "--provider auto or cpu", "--gpu");
    assertThatThrownBy(() -> Provider.candidates("gpu"))
        .hasMessageContaining("auto, tensorrt, cuda, cpu");
  }

  @Test
  void autoTakesTheBestThatLoadsAndSaysWhyTheOthersDidNot() {
    assumeFalse(OnnxSession.isDriverThere(), "this machine has a GPU's driver");
    assertThat(Provider.candidates("auto"))
        .containsExactly(Provider.TENSORRT, Provider.CUDA, Provider.CPU);
    try (OnnxReconstructor reconstructor =
        new OnnxReconstructor(ModelFolder.read(Models.TINY), Provider.candidates("auto"), 1)) {
      assertThat(reconstructor.provider()).isEqualTo(Provider.CPU);
      assertThat(reconstructor.passedOver())
          .satisfiesExactly(
              first -> assertThat(first).startsWith("tensorrt: ").contains("TensorRT", "libcuda"),
              second -> assertThat(second).startsWith("cuda: ").contains("CUDA", "libcuda"));
    }
  }

  @Test
  void aBatchThatIsNotInTheShapesIsRefused() throws IOException {
    assertRefusedWhen(c -> c.putObject("batch").put("max", 4), "first dimension B");
    Path copy = Files.createTempDirectory(folder, "model");
    assertRefused(
        Models.withContract(Models.TINY_BATCH, copy, c -> c.remove("batch")), "first dimension B");
  }

  @Test
  void aCommandLineThatWouldCrashTheRuntimeIsRefused() {
    assertThatCode(CommandLineLimit::check).doesNotThrowAnyException();
    assertThatThrownBy(() -> CommandLineLimit.check(20_000)).hasMessageContaining("CLASSPATH");
  }

  private void assertRefusedWhen(Consumer<ObjectNode> change, String... says) throws IOException {
    Path copy = Files.createTempDirectory(folder, "model");
    assertRefused(Models.withContract(copy, change), says);
  }

  private static void assertRefused(Path folder, String... says) {
    assertThatThrownBy(() -> load(folder))
        .isInstanceOf(StrangerModel.class)
        .hasMessageContainingAll(says);
  }

  private static void load(Path folder) {
    new OnnxReconstructor(ModelFolder.read(folder), 1).close();
  }
}
