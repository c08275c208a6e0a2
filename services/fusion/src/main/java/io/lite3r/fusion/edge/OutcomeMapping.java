package io.lite3r.fusion.edge;

import com.google.protobuf.ByteString;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreException;
import io.lite3r.schemas.GeometryMapping;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.Geodetic;
import io.lite3r.schemas.v1.Reconstructed;
import io.lite3r.schemas.v1.ReconstructedView;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ViewSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From records and stored submaps to outcomes. A window whose record or submap cannot be true
 * becomes one without geometry, with the reason: the windows after it must not wait for ever.
 */
final class OutcomeMapping {
  private final ObjectStore objects;

  OutcomeMapping(ObjectStore objects) {
    this.objects = objects;
  }

  /** Reads the submap, if there is one; throws only when the store is away. */
  WindowOutcome outcome(Reconstruction record) {
    List<WindowOutcome.Source> sources =
        record.getSourcesList().stream().map(OutcomeMapping::source).toList();
    return new WindowOutcome(
        record.getWindowNumber(),
        record.getWindowNumberInCapture(),
        record.getWindowId(),
        record.getOutcomeKey(),
        record.getCapture(),
        new SceneManifest.Model(record.getModelId(), record.getModelSha256()),
        sources,
        result(record));
  }

  private WindowOutcome.Result result(Reconstruction record) {
    if (!record.hasReconstructed()) {
      return new WindowOutcome.NoGeometry(
          record.hasUnreconstructable()
              ? record.getUnreconstructable().getDetail()
              : "the outcome of window %s says neither what nor why"
                  .formatted(record.getWindowId()));
    }
    try {
      return geometry(record);
    } catch (ObjectStoreException.Missing | ObjectStoreException.Corrupt e) {
      return new WindowOutcome.NoGeometry(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return new WindowOutcome.NoGeometry(
          "the geometry of window %s cannot be true: %s"
              .formatted(record.getWindowId(), e.getMessage()));
    }
  }

  private WindowOutcome.Geometry geometry(Reconstruction record) {
    Reconstructed reconstructed = record.getReconstructed();
    SubmapObject submap = SubmapObject.decode(objects.get(reconstructed.getSubmap()));
    if (submap.views().size() != reconstructed.getViewsCount()
        || record.getSourcesCount() != reconstructed.getViewsCount()) {
      throw new IllegalArgumentException(
          "%d sources, %d poses and a submap of %d views"
              .formatted(
                  record.getSourcesCount(), reconstructed.getViewsCount(), submap.views().size()));
    }
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int i = 0; i < reconstructed.getViewsCount(); i++) {
      ReconstructedView view = reconstructed.getViews(i);
      SubmapObject.View planes = submap.views().get(i);
      views.add(
          new WindowOutcome.View(
              new SubmapView(
                  planes.depth(),
                  planes.confidence(),
                  planes.rgb(),
                  GeometryMapping.fromRecord(view.getIntrinsics()),
                  GeometryMapping.fromRecord(view.getSubmapFromCamera())),
              GeometryMapping.fromRecord(view.getOriginalFromDepth()),
              view.getMeanConfidence()));
    }
    return new WindowOutcome.Geometry(views, ref(reconstructed.getSubmap()));
  }

  /** The views of a window that was fused before, bit for bit as they were at first. */
  List<SubmapView> planes(WindowEntry entry) {
    ObjectRef ref = entry.submap();
    if (ref == null) {
      throw new IllegalArgumentException("window %d has no submap".formatted(entry.number()));
    }
    SubmapObject submap = SubmapObject.decode(objects.get(check(ref)));
    List<SubmapView> views = new ArrayList<>();
    for (FrameEntry frame : entry.frames()) {
      SubmapObject.View planes = submap.views().get(frame.viewIndex());
      views.add(
          new SubmapView(
              planes.depth(),
              planes.confidence(),
              planes.rgb(),
              Objects.requireNonNull(frame.depthIntrinsics()),
              Objects.requireNonNull(frame.submapFromCamera())));
    }
    return views;
  }

  ClaimCheck check(ObjectRef ref) {
    return ClaimCheck.newBuilder()
        .setBucket(objects.bucket())
        .setKey(ref.key())
        .setSizeBytes(ref.sizeBytes())
        .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(ref.sha256())))
        .setMediaType(ref.mediaType())
        .build();
  }

  private static WindowOutcome.Source source(ViewSource source) {
    return new WindowOutcome.Source(
        source.getFrame().getCamera(),
        source.getFrame().getSequence(),
        source.getCaptureTimeNs(),
        source.getAcceptedAtNs(),
        source.getSourceName(),
        source.getOriginalWidth(),
        source.getOriginalHeight(),
        priors(source),
        calibration(source));
  }

  private static @Nullable Intrinsics calibration(ViewSource source) {
    try {
      return source.hasIntrinsics() ? GeometryMapping.fromRecord(source.getIntrinsics()) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What cannot be true is as if it had not been said: a prior is a bonus. */
  private static @Nullable FramePriors priors(ViewSource source) {
    try {
      return FramePriors.of(
          source.hasRigFromCamera() ? GeometryMapping.fromRecord(source.getRigFromCamera()) : null,
          source.hasSceneFromCameraPrior()
              ? GeometryMapping.fromRecord(source.getSceneFromCameraPrior())
              : null,
          source.hasGps() ? gps(source.getGps()) : null);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static FramePriors.GpsFix gps(Geodetic fix) {
    return new FramePriors.GpsFix(
        fix.getLatitudeDeg(),
        fix.getLongitudeDeg(),
        fix.hasAltitudeM() ? fix.getAltitudeM() : null);
  }

  static ObjectRef ref(ClaimCheck check) {
    return new ObjectRef(
        check.getKey(),
        check.getSizeBytes(),
        HexFormat.of().formatHex(check.getSha256().toByteArray()),
        check.getMediaType());
  }
}
