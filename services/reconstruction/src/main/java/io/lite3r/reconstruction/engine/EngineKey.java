package io.lite3r.reconstruction.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lite3r.reconstruction.OutcomeKey;
import io.lite3r.reconstruction.model.Bucket;

/**
 * All that an engine depends on: where one of these differs, it is another engine.
 *
 * @param modelSha256 of student.onnx, lower-case hex
 * @param gpu the driver's name of the GPU, such as NVIDIA H100 80GB HBM3
 * @param tensorRt version of the library that built it, such as 10.6.0
 * @param views S, exactly; an engine for a range of S is slower at each of them
 */
public record EngineKey(String modelSha256, String gpu, String tensorRt, Bucket bucket, int views) {
  /** All fields in lines, in this order. */
  String text() {
    return "model %s%ngpu %s%ntensorrt %s%nimages %dx%d%nviews %d%n"
        .formatted(modelSha256, gpu, tensorRt, bucket.height(), bucket.width(), views)
        .replace(System.lineSeparator(), "\n");
  }

  /** Key of the object that holds the engine. */
  public String objectKey() {
    return "engines/%s/%s".formatted(modelSha256, OutcomeKey.sha256(text().getBytes(UTF_8)));
  }
}
