package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.CircuitCapture;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.GeometryMapping;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.v1.CaptureClosed;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.Geodetic;
import io.lite3r.schemas.v1.Reconstructed;
import io.lite3r.schemas.v1.ReconstructedView;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneDeletion;
import io.lite3r.schemas.v1.Unreconstructable;
import io.lite3r.schemas.v1.ViewSource;
import io.lite3r.schemas.v1.Window;
import java.util.ArrayList;
import java.util.List;

/** What reconstruction and windowing would have put on {@code reconstructions} for a capture. */
final class Records {
  private Records() {}

  /** The windows' records, their submaps stored, and the capture's end. */
  static List<ReconstructionRecord> of(String scene, RoomCapture capture, ObjectStore objects) {
    return of(scene, capture.windows(), objects);
  }

  /** The outcome of a verification window of a {@link CircuitCapture}. */
  static ReconstructionRecord verified(Window window, ObjectStore objects) {
    List<Long> frames =
        window.getViewsList().stream().map(view -> view.getId().getSequence()).toList();
    Reconstruction outcome =
        reconstruction(
            window.getScene(),
            CircuitCapture.verification(window.getNumber(), window.getId(), frames),
            objects);
    return ReconstructionRecord.newBuilder()
        .setReconstruction(outcome.toBuilder().setPurpose(window.getPurpose()))
        .build();
  }

  static List<ReconstructionRecord> of(
      String scene, List<WindowOutcome> windows, ObjectStore objects) {
    List<ReconstructionRecord> records = new ArrayList<>();
    for (WindowOutcome window : windows) {
      records.add(
          ReconstructionRecord.newBuilder()
              .setReconstruction(reconstruction(scene, window, objects))
              .build());
    }
    records.add(
        ReconstructionRecord.newBuilder()
            .setCaptureClosed(
                CaptureClosed.newBuilder()
                    .setScene(scene)
                    .setCapture(windows.getFirst().capture())
                    .setWindowCount(windows.size())
                    .setLastWindowNumber(windows.getLast().number()))
            .build());
    return records;
  }

  private static Reconstruction reconstruction(
      String scene, WindowOutcome window, ObjectStore objects) {
    WindowOutcome.Geometry geometry = (WindowOutcome.Geometry) window.result();
    List<SubmapObject.View> planes = new ArrayList<>();
    Reconstructed.Builder reconstructed = Reconstructed.newBuilder();
    Reconstruction.Builder record =
        Reconstruction.newBuilder()
            .setScene(scene)
            .setCapture(window.capture())
            .setWindowId(window.windowId())
            .setWindowNumber(window.number())
            .setWindowNumberInCapture(window.numberInCapture())
            .setOutcomeKey(window.outcomeKey())
            .setModelId(window.model().id())
            .setModelSha256(window.model().sha256());
    for (int i = 0; i < window.sources().size(); i++) {
      WindowOutcome.Source source = window.sources().get(i);
      WindowOutcome.View view = geometry.views().get(i);
      planes.add(
          new SubmapObject.View(
              view.planes().depth(), view.planes().confidence(), view.planes().rgb()));
      reconstructed.addViews(
          ReconstructedView.newBuilder()
              .setSubmapFromCamera(GeometryMapping.toRecord(view.planes().submapFromCamera()))
              .setIntrinsics(GeometryMapping.toRecord(view.planes().intrinsics()))
              .setOriginalFromDepth(GeometryMapping.toRecord(view.originalFromDepth()))
              .setMeanConfidence(view.meanConfidence()));
      ViewSource.Builder viewSource =
          ViewSource.newBuilder()
              .setFrame(
                  FrameId.newBuilder()
                      .setScene(scene)
                      .setCapture(window.capture())
                      .setCamera(source.camera())
                      .setSequence(source.sequence()))
              .setCaptureTimeNs(source.captureTimeNs())
              .setAcceptedAtNs(source.acceptedAtNs())
              .setOriginalWidth(source.originalWidth())
              .setOriginalHeight(source.originalHeight())
              .setSourceName(source.sourceName());
      FramePriors priors = source.priors();
      if (priors != null) {
        viewSource.setGps(
            Geodetic.newBuilder()
                .setLatitudeDeg(priors.gps().latitudeDeg())
                .setLongitudeDeg(priors.gps().longitudeDeg())
                .setAltitudeM(priors.gps().altitudeM()));
      }
      record.addSources(viewSource);
    }
    reconstructed.setSubmap(
        objects.putIfAbsent(
            "submaps/%s/%s".formatted(scene, window.outcomeKey()),
            new SubmapObject(
                    geometry.planes().getFirst().width(),
                    geometry.planes().getFirst().height(),
                    planes)
                .encode(),
            SubmapObject.MEDIA_TYPE));
    return record.setReconstructed(reconstructed).build();
  }

  static ReconstructionRecord unreconstructable(ReconstructionRecord record) {
    return ReconstructionRecord.newBuilder()
        .setReconstruction(
            record.getReconstruction().toBuilder()
                .setUnreconstructable(Unreconstructable.newBuilder().setDetail("too dark")))
        .build();
  }

  static ReconstructionRecord deletion(String scene, long atNs) {
    return ReconstructionRecord.newBuilder()
        .setSceneDeletion(SceneDeletion.newBuilder().setScene(scene).setRequestedAtNs(atNs))
        .build();
  }
}
