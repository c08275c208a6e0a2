package io.lite3r.capture.edge;

import io.lite3r.capture.FrameName;
import io.lite3r.capture.FrameRefused;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.v1.FrameId;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Where refused images end: counted, on {@code frame-outcomes}, and whole on dead-letters. */
@ApplicationScoped
class Rejections {
  /** What is kept of a body that never ended: enough to see what it was. */
  private static final int KEPT_OF_TOO_LARGE = 65_536;

  private final CaptureChannels channels;
  private final CaptureTelemetry telemetry;

  @Inject
  Rejections(CaptureChannels channels, CaptureTelemetry telemetry) {
    this.channels = channels;
    this.telemetry = telemetry;
  }

  /**
   * Records a refusal; completes when both records are durable.
   *
   * @param id what the sender called the frame, however wrong; sequence -1 when it could not be
   *     told
   * @param origin http, or the file's name
   */
  CompletableFuture<Void> record(FrameId id, byte[] payload, FrameRefused refused, String origin) {
    telemetry.rejected(refused);
    boolean known = FrameName.isScene(id.getScene());
    String scene = known ? id.getScene() : "";
    byte[] kept =
        refused.reason() == FrameRefused.Reason.TOO_LARGE
            ? Arrays.copyOf(payload, Math.min(payload.length, KEPT_OF_TOO_LARGE))
            : payload;
    Context trace = Context.current();
    CompletableFuture<Void> letter =
        channels.deadLetter(
            scene,
            kept,
            new DeadLetter(
                "capture", CaptureTelemetry.name(refused.reason()), refused.detail(), origin, null),
            trace);
    if (!known) {
      // Without a scene there is no one to tell.
      return letter;
    }
    return CompletableFuture.allOf(
        letter,
        channels.outcome(
            scene, FrameRecords.rejected(named(id, refused), refused, Clocks.nowNs()), trace));
  }

  /**
   * The id as it may be published. The owner of an id in conflict is the frame that came first, and
   * its outcome is its own: the newcomer is told without a sequence.
   */
  private static FrameId named(FrameId id, FrameRefused refused) {
    boolean conflict = refused.reason() == FrameRefused.Reason.ID_CONFLICT;
    return FrameRecords.id(
        id.getScene(),
        FrameName.isCaptureOrCamera(id.getCapture()) ? id.getCapture() : "",
        FrameName.isCaptureOrCamera(id.getCamera()) ? id.getCamera() : "",
        conflict ? -1 : id.getSequence());
  }
}
