package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every real capture through {@code ./lite3r run} with the model that ships: all frames fused,
 * every file of the contract valid, and a row of docs/results.md printed. Minutes of work with
 * captures from outside the repository, so only {@code ./lite3r test captures} runs it.
 */
@Tag("captures")
class CapturesTest {
  private static final Duration LIMIT = Duration.ofMinutes(9);

  /** What two cores must reach on the kitchen, end to end. */
  private static final double FRAMES_PER_SECOND = 5;

  /** The share of that budget which the model may take. */
  private static final double MODEL_SHARE = 0.6;

  private static final List<String> CAPTURES =
      List.of(
          "rgbd-kitchen",
          "object-fox",
          "photos-fountain",
          "stereo-street",
          "rig-gym4",
          "drone-park");

  @ParameterizedTest
  @FieldSource("CAPTURES")
  void everyFrameIsFusedAndEveryFileIsValid(String name) throws Exception {
    Path capture = Repository.REAL_CAPTURES.resolve(name);
    Assumptions.assumeTrue(
        Files.isRegularFile(capture.resolve("cameras.json")),
        "the real capture is not in " + capture);
    List<Shot> shots = Shots.of(capture);
    List<String> cameras = Shots.cameras(shots);
    Path out = Repository.scratch("capture-" + name);
    CommandLine.Ended ended =
        CommandLine.run(LIMIT, "run", capture.toString(), "--scene", name, "--out", out.toString());
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.leftBehind()).isEmpty();
    ResultFolder result = new ResultFolder(out);
    result.isValid(cameras, shots.size() / cameras.size());
    JsonNode report = result.report();
    assertThat(report.at("/frames/accepted").asInt()).isEqualTo(shots.size());
    assertThat(report.at("/frames/fused").asInt()).isEqualTo(shots.size());
    double fps = report.at("/frames_per_second").asDouble();
    double inModel =
        report.at("/latency_ms/reconstruction/p50").asDouble()
            / 1e3
            * report.at("/windows/closed").asInt()
            / shots.size();
    System.out.printf(
        Locale.ROOT,
        "capture-row | %s | %d of %d | %d | %.1f | %.3f | %.1f, %.1f | %s | %s |%n",
        name,
        report.at("/frames/fused").asInt(),
        shots.size(),
        report.at("/windows/closed").asInt(),
        fps,
        inModel,
        report.at("/freshness_s/p50").asDouble(),
        report.at("/freshness_s/p95").asDouble(),
        accuracy(ended.out()),
        report.at("/scene/digest").asText().substring(0, 8));
    if (name.equals("rgbd-kitchen")) {
      assertThat(fps).as("frames per second").isGreaterThanOrEqualTo(FRAMES_PER_SECOND);
      assertThat(inferenceOfAFrame())
          .as("seconds of inference for a frame")
          .isLessThanOrEqualTo(MODEL_SHARE / FRAMES_PER_SECOND);
    }
  }

  /**
   * What the model that ships takes of two cores, decoding included, by itself: in a run its
   * windows share them with everything else. A window of six views is five new frames.
   */
  private static double inferenceOfAFrame() throws Exception {
    CommandLine.Ended bench =
        CommandLine.run(
            Duration.ofMinutes(2), "bench", "inference", "--views", "6", "--threads", "2");
    assertThat(bench.status()).as(bench.err()).isZero();
    JsonNode measured = new ObjectMapper().readTree(bench.out());
    double ms =
        measured.get("inference_ms_p50").asDouble() + measured.get("tensor_ms_p50").asDouble();
    System.out.printf(
        Locale.ROOT, "capture-row inference of a frame by itself: %.3f s%n", ms / 5e3);
    return ms / 5e3;
  }

  /** What the run says of itself after "against the capture's own poses". */
  private static String accuracy(String out) {
    return Stream.of(out.split("\n"))
        .filter(line -> line.startsWith("accuracy "))
        .map(line -> line.substring(line.indexOf("see: ") + 5))
        .findFirst()
        .orElse("no truth");
  }
}
