package io.lite3r.reconstruction.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.FocalConvention;
import io.lite3r.reconstruction.model.Precision;
import io.lite3r.reconstruction.model.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The model around an engine, as far as a machine without a GPU can read it. */
class ContextModelTest {
  private static final Contract CONTRACT =
      new Contract(
          "1",
          "student",
          "a".repeat(64),
          Precision.FP8_QDQ,
          8,
          8,
          1,
          List.of(new Bucket(378, 504)),
          "images",
          "focal_hint",
          false,
          Map.of(
              Role.DEPTH, "depth",
              Role.CONFIDENCE, "conf",
              Role.ROTATION, "quat",
              Role.TRANSLATION, "trans",
              Role.FOCAL, "focal"),
          FocalConvention.BOTH_AXES);

  @Test
  void theRuntimeReadsItAndMissesNothingButTheProvider() throws OrtException {
    byte[] model = ContextModel.of(CONTRACT, new Bucket(378, 504), 8, "engine.bin", "90");

    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // The CPU has no such node; before that is found out, names, shapes and types were read.
      assertThatThrownBy(() -> OrtEnvironment.getEnvironment().createSession(model, options))
          .isInstanceOf(OrtException.class)
          .hasMessageContaining("EPContext")
          .hasMessageContaining("NOT_IMPLEMENTED");
    }
  }
}
