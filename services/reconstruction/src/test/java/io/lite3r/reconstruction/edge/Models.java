package io.lite3r.reconstruction.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lite3r.reconstruction.OutcomeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The tests' model, and ways to spoil a copy of it. */
final class Models {
  static final Path ROOT = Path.of(System.getProperty("lite3r.root"));
  static final Path TINY = ROOT.resolve("tests/models/tiny");
  static final Path TINY_FP8 = ROOT.resolve("tests/models/tiny-fp8");
  static final Path TINY_BATCH = ROOT.resolve("tests/models/tiny-batch");
  static final Path SHIPPED = ROOT.resolve("models/lite3r-small");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Models() {}

  /** A copy whose contract is changed and whose file is not. */
  static Path withContract(Path folder, Consumer<ObjectNode> change) throws IOException {
    return withContract(TINY, folder, change);
  }

  static Path withContract(Path model, Path folder, Consumer<ObjectNode> change)
      throws IOException {
    Files.copy(model.resolve("student.onnx"), folder.resolve("student.onnx"));
    ObjectNode contract = contract(model);
    change.accept(contract);
    JSON.writeValue(folder.resolve("contract.json").toFile(), contract);
    return folder;
  }

  /** A copy with other bytes and a contract that says so: it looks like a model of its own. */
  static Path withBytes(Path folder, byte[] onnx) throws IOException {
    return withBytes(TINY, folder, onnx);
  }

  static Path withBytes(Path model, Path folder, byte[] onnx) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("student.onnx"), onnx);
    ObjectNode contract = contract(model);
    contract.put("sha256", OutcomeKey.sha256(onnx));
    JSON.writeValue(folder.resolve("contract.json").toFile(), contract);
    return folder;
  }

  /** The model's bytes with one of its constants overwritten. */
  static byte[] corrupted(float constant, float by) throws IOException {
    byte[] onnx = Files.readAllBytes(TINY.resolve("student.onnx"));
    ByteBuffer buffer = ByteBuffer.wrap(onnx).order(ByteOrder.LITTLE_ENDIAN);
    int found = 0;
    for (int at = 0; at + Float.BYTES <= onnx.length; at++) {
      if (buffer.getInt(at) == Float.floatToIntBits(constant)) {
        buffer.putInt(at, Float.floatToIntBits(by));
        found++;
      }
    }
    if (found == 0) {
      throw new IllegalArgumentException("the model has no constant " + constant);
    }
    return onnx;
  }

  private static ObjectNode contract(Path model) throws IOException {
    return (ObjectNode) JSON.readTree(model.resolve("contract.json").toFile());
  }
}
