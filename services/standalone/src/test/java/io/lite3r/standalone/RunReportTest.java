package io.lite3r.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Fused;
import io.lite3r.schemas.v1.Reconstructed;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.ViewSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunReportTest {
  private static final long MS = 1_000_000;
  private static final FrameId FRAME = FrameId.newBuilder().setScene("room").build();

  @Test
  void everyStageSaysHowLongItTook() {
    Reconstruction window =
        Reconstruction.newBuilder()
            .setWindowId("w")
            .addSources(ViewSource.newBuilder().setFrame(FRAME).setAcceptedAtNs(100 * MS))
            .setWindowClosedAtNs(103 * MS)
            .setStartedAtNs(110 * MS)
            .setFinishedAtNs(150 * MS)
            .setReconstructed(Reconstructed.getDefaultInstance())
            .build();
    FrameOutcome outcome =
        FrameOutcome.newBuilder()
            .setFrame(FRAME)
            .setAcceptedAtNs(100 * MS)
            .setAtNs(350 * MS)
            .setFused(Fused.newBuilder().setVersion(1))
            .build();
    JsonNode report =
        json(
            new RunReport(
                "run",
                List.of(FRAME),
                List.of(7 * MS),
                Map.of(),
                Map.of(FRAME, outcome),
                List.of(window),
                1,
                List.of(SceneUpdate.newBuilder().setVersion(1).setPublishedAtNs(600 * MS).build()),
                Scenes.manifest(),
                List.of(),
                Map.of()));

    assertThat(report.at("/latency_ms/capture/p50").asDouble()).isEqualTo(7);
    assertThat(report.at("/latency_ms/windowing/p99").asDouble()).isEqualTo(3);
    assertThat(report.at("/latency_ms/queue/p95").asDouble()).isEqualTo(7);
    assertThat(report.at("/latency_ms/reconstruction/p50").asDouble()).isEqualTo(40);
    assertThat(report.at("/freshness_s/p95").asDouble()).isEqualTo(.5);
    assertThat(report.at("/frames_per_second").asDouble()).isEqualTo(4);
  }

  @Test
  void whatWasNotMeasuredIsNullAndNotZero() {
    JsonNode report =
        json(
            new RunReport(
                "run",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                0,
                List.of(),
                Scenes.manifest(),
                List.of(),
                Map.of()));

    for (String stage : List.of("capture", "windowing", "queue", "reconstruction", "fusion")) {
      for (String percentile : List.of("p50", "p95", "p99")) {
        assertThat(report.at("/latency_ms/%s/%s".formatted(stage, percentile)).isNull())
            .as("%s %s", stage, percentile)
            .isTrue();
      }
    }
    assertThat(report.at("/freshness_s/p50").isNull()).isTrue();
    assertThat(report.at("/frames_per_second").isNull()).isTrue();
  }

  private static JsonNode json(RunReport report) {
    return new ObjectMapper().valueToTree(report.json());
  }
}
