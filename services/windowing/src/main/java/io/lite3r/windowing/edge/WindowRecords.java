package io.lite3r.windowing.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.v1.CameraEnd;
import io.lite3r.schemas.v1.CameraIdle;
import io.lite3r.schemas.v1.CaptureClosed;
import io.lite3r.schemas.v1.CloseReason;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.Rejected;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.Skipped;
import io.lite3r.schemas.v1.Window;
import io.lite3r.windowing.Decision;
import io.lite3r.windowing.FrameRef;
import io.lite3r.windowing.SilenceWatch;
import java.util.List;

/** Decisions as records. */
final class WindowRecords {
  private WindowRecords() {}

  static Window window(
      String scene,
      String capture,
      Decision.WindowClosed closed,
      List<byte[]> frames,
      String configurationVersion,
      long nowNs) {
    Window.Builder window =
        Window.newBuilder()
            .setId(closed.id())
            .setScene(scene)
            .setCapture(capture)
            .setNumber(closed.number())
            .setNumberInCapture(closed.numberInCapture())
            .setConfigurationVersion(configurationVersion)
            .setSharedWithPrevious(closed.sharedWithPrevious())
            .setCloseReason(
                switch (closed.reason()) {
                  case FULL -> CloseReason.CLOSE_REASON_FULL;
                  case CAPTURE_ENDED -> CloseReason.CLOSE_REASON_CAPTURE_ENDED;
                  case BYTE_LIMIT -> CloseReason.CLOSE_REASON_BYTE_LIMIT;
                })
            .setClosedAtNs(nowNs);
    for (byte[] frame : frames) {
      try {
        window.addViews(Frame.parseFrom(frame));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("the store holds a view that is no frame", e);
      }
    }
    return window.build();
  }

  static ReconstructionRecord captureClosed(
      String scene, String capture, Decision.CaptureClosed closed, long nowNs) {
    return ReconstructionRecord.newBuilder()
        .setCaptureClosed(
            CaptureClosed.newBuilder()
                .setScene(scene)
                .setCapture(capture)
                .setWindowCount(closed.windowCount())
                .setLastWindowNumber(closed.lastWindowNumber())
                .setClosedAtNs(nowNs))
        .build();
  }

  /**
   * @param noticedAfter sequence of the camera's last frame so far
   */
  static FrameRecord silence(SilenceWatch.Silence silence, long noticedAfter) {
    return FrameRecord.newBuilder()
        .setIdle(
            CameraIdle.newBuilder()
                .setScene(silence.capture().scene())
                .setCapture(silence.capture().capture())
                .setCamera(silence.camera())
                .setSilentUntilNs(silence.untilNs())
                .setNoticedAfter(noticedAfter))
        .build();
  }

  /**
   * @param noticedAfter sequence of the camera's last frame so far
   */
  static FrameRecord end(SilenceWatch.Gone gone, long noticedAfter) {
    return FrameRecord.newBuilder()
        .setEnd(
            CameraEnd.newBuilder()
                .setScene(gone.capture().scene())
                .setCapture(gone.capture().capture())
                .setCamera(gone.camera())
                .setLastSequence(noticedAfter)
                .addAllRigCameras(gone.rigCameras())
                .setNoticedAfter(noticedAfter))
        .build();
  }

  static FrameOutcome skipped(String scene, String capture, Decision.Skip skip, long nowNs) {
    return outcome(scene, capture, skip.frame(), nowNs)
        .setSkipped(Skipped.newBuilder().setDetail(skip.detail()))
        .build();
  }

  static FrameOutcome rejected(String scene, String capture, Decision.Reject reject, long nowNs) {
    return outcome(scene, capture, reject.frame(), nowNs)
        .setRejected(
            Rejected.newBuilder()
                .setReason(
                    switch (reject.reason()) {
                      case LATE -> RejectionReason.REJECTION_REASON_LATE;
                      case TOO_FEW_VIEWS -> RejectionReason.REJECTION_REASON_TOO_FEW_VIEWS;
                      case TOO_LARGE -> RejectionReason.REJECTION_REASON_TOO_LARGE;
                    })
                .setDetail(reject.detail())
                .setStage("windowing"))
        .build();
  }

  private static FrameOutcome.Builder outcome(
      String scene, String capture, FrameRef frame, long nowNs) {
    return FrameOutcome.newBuilder()
        .setFrame(
            FrameId.newBuilder()
                .setScene(scene)
                .setCapture(capture)
                .setCamera(frame.camera())
                .setSequence(frame.sequence()))
        .setAtNs(nowNs)
        .setAcceptedAtNs(frame.acceptedAtNs());
  }
}
