package io.lite3r.fusion.edge;

import com.google.protobuf.ByteString;
import io.lite3r.fusion.scene.FrameEnd;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Fused;
import io.lite3r.schemas.v1.Rejected;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.SceneUpdate;
import java.util.HexFormat;
import java.util.List;

/** From what fusion knows to the records it sends. */
final class OutcomeRecords {
  private OutcomeRecords() {}

  static FrameOutcome outcome(String scene, FrameEnd end) {
    FrameOutcome.Builder outcome =
        FrameOutcome.newBuilder()
            .setFrame(
                FrameId.newBuilder()
                    .setScene(scene)
                    .setCapture(end.capture())
                    .setCamera(end.camera())
                    .setSequence(end.sequence()))
            .setAtNs(end.atNs())
            .setAcceptedAtNs(end.acceptedAtNs());
    switch (end) {
      case FrameEnd.Fused f ->
          outcome.setFused(Fused.newBuilder().setVersion(f.version()).setWindowId(f.windowId()));
      case FrameEnd.NotFused n ->
          outcome.setRejected(
              Rejected.newBuilder()
                  .setReason(
                      n.unreconstructable()
                          ? RejectionReason.REJECTION_REASON_UNRECONSTRUCTABLE
                          : RejectionReason.REJECTION_REASON_NOT_FUSED)
                  .setDetail(n.detail())
                  .setStage("fusion"));
    }
    return outcome.build();
  }

  /** What is announced of the version that {@code head} points to. */
  static SceneUpdate update(SceneHead head, FusedScene scene, ClaimCheck manifest) {
    List<FrameEntry> held = scene.firstHeldBy(head.version());
    SceneUpdate.Builder update =
        SceneUpdate.newBuilder()
            .setScene(head.scene())
            .setVersion(head.version())
            .setManifest(manifest)
            .setDigest(ByteString.copyFrom(HexFormat.of().parseHex(head.digest())))
            .setWindows(head.windows())
            .setFrames(head.frames())
            .setPublishedAtNs(head.publishedAtNs());
    scene.captures().stream()
        .filter(SceneManifest.Capture::closed)
        .forEach(c -> update.addClosedCaptures(c.capture()));
    held.stream()
        .mapToLong(FrameEntry::acceptedAtNs)
        .max()
        .ifPresent(update::setNewestAcceptedAtNs);
    held.stream()
        .mapToLong(FrameEntry::acceptedAtNs)
        .min()
        .ifPresent(update::setOldestAcceptedAtNs);
    return update.build();
  }

  static SceneUpdate deleted(String scene, long version, long nowNs) {
    return SceneUpdate.newBuilder()
        .setScene(scene)
        .setVersion(version)
        .setDeleted(true)
        .setPublishedAtNs(nowNs)
        .build();
  }
}
