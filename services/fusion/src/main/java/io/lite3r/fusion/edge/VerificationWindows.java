package io.lite3r.fusion.edge;

import com.google.protobuf.ByteString;
import io.lite3r.fusion.loop.KeptPicture;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.schemas.GeometryMapping;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowLoops;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.View;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import java.util.List;
import java.util.Objects;

/**
 * Proposals as windows that reconstruction takes like any other. Their pictures are those that lie
 * in the submaps, which the scene keeps for as long as it is kept itself.
 */
final class VerificationWindows {
  private final String scene;
  private final OutcomeMapping outcomes;

  VerificationWindows(String scene, OutcomeMapping outcomes) {
    this.scene = scene;
    this.outcomes = outcomes;
  }

  /** The earlier window's views first, in the order of the proposal. */
  Window of(WindowLoops.Proposal proposal, FusedScene fused, long nowNs) {
    WindowEntry later = fused.window(proposal.later());
    Window.Builder window =
        Window.newBuilder()
            .setId(proposal.verificationId())
            .setScene(scene)
            .setCapture(later.capture())
            .setNumber(later.number())
            .setNumberInCapture(later.numberInCapture())
            .setClosedAtNs(nowNs)
            .setPurpose(WindowPurpose.WINDOW_PURPOSE_VERIFICATION);
    add(fused.window(proposal.earlier()), proposal.earlierViews(), window);
    add(later, proposal.laterViews(), window);
    return window.build();
  }

  private void add(WindowEntry entry, List<Integer> indices, Window.Builder window) {
    List<SubmapView> planes = outcomes.planes(entry);
    for (int index : indices) {
      window.addViews(frame(entry.capture(), entry.frames().get(index), planes.get(index)));
    }
  }

  private Frame frame(String capture, FrameEntry frame, SubmapView view) {
    return Frame.newBuilder()
        .setId(
            FrameId.newBuilder()
                .setScene(scene)
                .setCapture(capture)
                .setCamera(frame.camera())
                .setSequence(frame.sequence()))
        .setCaptureTimeNs(frame.captureTimeNs())
        .setAcceptedAtNs(frame.acceptedAtNs())
        .setView(
            View.newBuilder()
                .setJpeg(ByteString.copyFrom(KeptPicture.jpeg(view)))
                .setWidth(view.width())
                .setHeight(view.height())
                .setOriginalFromView(
                    GeometryMapping.toRecord(Objects.requireNonNull(frame.originalFromDepth()))))
        .setOriginalWidth(frame.originalWidth())
        .setOriginalHeight(frame.originalHeight())
        .setSourceName(frame.sourceName())
        .build();
  }
}
