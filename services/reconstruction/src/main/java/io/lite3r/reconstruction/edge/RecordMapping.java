package io.lite3r.reconstruction.edge;

import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.window.WindowView;
import io.lite3r.schemas.GeometryMapping;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.Reconstructed;
import io.lite3r.schemas.v1.ReconstructedView;
import io.lite3r.schemas.v1.Unreconstructable;
import io.lite3r.schemas.v1.UnreconstructableReason;
import io.lite3r.schemas.v1.ViewSource;
import io.lite3r.schemas.v1.Window;
import java.util.List;

/** Records to and from what the pure part speaks. */
final class RecordMapping {
  private RecordMapping() {}

  /** The window's views; throws {@link IllegalArgumentException} for geometry that cannot be. */
  static List<WindowView> views(Window window) {
    return window.getViewsList().stream().map(RecordMapping::view).toList();
  }

  private static WindowView view(Frame frame) {
    FrameId id = frame.getId();
    return new WindowView(
        "%s/%s/%s/%d".formatted(id.getScene(), id.getCapture(), id.getCamera(), id.getSequence()),
        frame.getView().getJpeg().toByteArray(),
        frame.getView().getWidth(),
        frame.getView().getHeight(),
        GeometryMapping.fromRecord(frame.getView().getOriginalFromView()),
        frame.hasIntrinsics() ? GeometryMapping.fromRecord(frame.getIntrinsics()) : null);
  }

  /** Everything of a frame but its pixels. */
  static ViewSource source(Frame frame) {
    ViewSource.Builder source =
        ViewSource.newBuilder()
            .setFrame(frame.getId())
            .setCaptureTimeNs(frame.getCaptureTimeNs())
            .setAcceptedAtNs(frame.getAcceptedAtNs())
            .setOriginalWidth(frame.getOriginalWidth())
            .setOriginalHeight(frame.getOriginalHeight())
            .setSourceName(frame.getSourceName());
    if (frame.hasIntrinsics()) {
      source.setIntrinsics(frame.getIntrinsics());
    }
    if (frame.hasRigFromCamera()) {
      source.setRigFromCamera(frame.getRigFromCamera());
    }
    if (frame.hasSceneFromCameraPrior()) {
      source.setSceneFromCameraPrior(frame.getSceneFromCameraPrior());
    }
    if (frame.hasGps()) {
      source.setGps(frame.getGps());
    }
    return source.build();
  }

  /** The object that holds depth, confidence and colour. */
  static SubmapObject submap(Outcome.Reconstructed outcome) {
    return new SubmapObject(
        outcome.grid().width(),
        outcome.grid().height(),
        outcome.views().stream()
            .map(
                v ->
                    new SubmapObject.View(v.geometry().depth(), v.geometry().confidence(), v.rgb()))
            .toList());
  }

  static Reconstructed record(Outcome.Reconstructed outcome, ClaimCheck submap) {
    Reconstructed.Builder record = Reconstructed.newBuilder().setSubmap(submap);
    for (Outcome.Reconstructed.View view : outcome.views()) {
      record.addViews(
          ReconstructedView.newBuilder()
              .setSubmapFromCamera(GeometryMapping.toRecord(view.geometry().submapFromCamera()))
              .setIntrinsics(GeometryMapping.toRecord(view.geometry().intrinsics()))
              .setOriginalFromDepth(GeometryMapping.toRecord(view.originalFromDepth()))
              .setMeanConfidence(view.geometry().meanConfidence()));
    }
    return record.build();
  }

  static Unreconstructable record(Outcome.Unreconstructable outcome) {
    return Unreconstructable.newBuilder()
        .setReason(reason(outcome.reason()))
        .setDetail(outcome.detail())
        .build();
  }

  private static UnreconstructableReason reason(Outcome.Reason reason) {
    return switch (reason) {
      case TOO_FEW_VIEWS -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_TOO_FEW_VIEWS;
      case TOO_MANY_VIEWS -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_TOO_MANY_VIEWS;
      case UNREADABLE_VIEW -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_UNREADABLE_VIEW;
      case NOT_FINITE -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_NOT_FINITE;
      case IMPLAUSIBLE -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_IMPLAUSIBLE;
      case RUNTIME -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_RUNTIME;
      case OUT_OF_MEMORY -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_OUT_OF_MEMORY;
      case DELIVERIES -> UnreconstructableReason.UNRECONSTRUCTABLE_REASON_DELIVERIES;
    };
  }
}
