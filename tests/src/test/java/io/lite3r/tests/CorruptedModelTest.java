package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.UnreconstructableReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithChain.class)
class CorruptedModelTest {
  private static final List<String> RIG = List.of("east", "west");
  private static final List<Shot> SHOTS = Shots.made(RIG, 5, 10);

  /** The slope of the tiny model's plane (tests/models/tiny/make.py). */
  private static final float SLOPE = 0.2f;

  @Test
  void aModelThatAnswersWithNaNMakesEveryWindowUnreconstructableAndEveryFrameEnds(Chain chain)
      throws Exception {
    TestCameras cameras = chain.cameras("corrupted-model", "run", RIG);
    try {
      chain.reconstruction.restartWith(Map.of("lite3r.model.dir", corrupted().toString()));
      cameras.postAll(SHOTS).endAll();
      chain.log.await(
          "all frames to end",
          cameras.scene(),
          Chain.RECOVERY,
          records -> records.allTerminal(cameras.accepted().keySet()),
          chain::endsOfLogs);
    } finally {
      chain.reconstruction.restartWith(Map.of());
    }
    SceneRecords records = chain.log.scene(cameras.scene());
    assertThat(records.reconstructions()).hasSameSizeAs(records.windows()).isNotEmpty();
    assertThat(records.reconstructions())
        .extracting(Reconstruction::getUnreconstructable)
        .allSatisfy(
            failure -> {
              assertThat(failure.getReason())
                  .isEqualTo(UnreconstructableReason.UNRECONSTRUCTABLE_REASON_NOT_FINITE);
              assertThat(failure.getDetail()).isNotBlank();
            });
    assertThat(records.terminal())
        .extracting(FrameOutcome::getRejected)
        .allSatisfy(
            rejected ->
                assertThat(rejected.getReason())
                    .isEqualTo(RejectionReason.REJECTION_REASON_UNRECONSTRUCTABLE));
    assertThat(records.terminalIds()).isEqualTo(cameras.accepted().keySet());
  }

  /** The tiny model with one weight turned into NaN and a contract that vouches for it. */
  private static Path corrupted() throws IOException {
    byte[] model = Files.readAllBytes(Repository.TINY_MODEL.resolve("student.onnx"));
    byte[] good = littleEndian(SLOPE);
    byte[] bad = littleEndian(Float.NaN);
    int replaced = 0;
    for (int at = 0; at + good.length <= model.length; at++) {
      if (ByteBuffer.wrap(model, at, good.length).equals(ByteBuffer.wrap(good))) {
        System.arraycopy(bad, 0, model, at, bad.length);
        replaced++;
      }
    }
    assertThat(replaced).as("weights of %s turned into NaN", SLOPE).isEqualTo(1);
    Path folder = Repository.scratch("corrupted-model");
    Files.write(folder.resolve("student.onnx"), model);
    ObjectMapper json = new ObjectMapper();
    var contract =
        (ObjectNode) json.readTree(Repository.TINY_MODEL.resolve("contract.json").toFile());
    contract.put("sha256", Ledgers.sha256(model));
    json.writeValue(folder.resolve("contract.json").toFile(), contract);
    return folder;
  }

  private static byte[] littleEndian(float value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
  }
}
