package io.lite3r.capture.edge;

import com.google.protobuf.ByteString;
import io.lite3r.capture.FrameName;
import io.lite3r.capture.FrameRefused;
import io.lite3r.capture.FrameRequest;
import io.lite3r.capture.Position;
import io.lite3r.capture.PreparedFrame;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.schemas.GeometryMapping;
import io.lite3r.schemas.v1.CameraEnd;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.Geodetic;
import io.lite3r.schemas.v1.Rejected;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Capture's words as records. */
final class FrameRecords {
  private FrameRecords() {}

  static FrameId id(FrameName name) {
    return id(name.scene(), name.capture(), name.camera(), name.sequence());
  }

  static FrameId id(String scene, String capture, String camera, long sequence) {
    return FrameId.newBuilder()
        .setScene(scene)
        .setCapture(capture)
        .setCamera(camera)
        .setSequence(sequence)
        .build();
  }

  static FrameRecord frame(
      PreparedFrame prepared, @Nullable ClaimCheck original, long acceptedAtNs, boolean live) {
    FrameRequest request = prepared.request();
    Frame.Builder frame =
        Frame.newBuilder()
            .setId(id(request.name()))
            .setCaptureTimeNs(request.timeNs())
            .setAcceptedAtNs(acceptedAtNs)
            .setView(
                View.newBuilder()
                    .setJpeg(ByteString.copyFrom(prepared.view().jpeg()))
                    .setWidth(prepared.view().width())
                    .setHeight(prepared.view().height())
                    .setOriginalFromView(
                        GeometryMapping.toRecord(prepared.view().originalFromView())))
            .setContentSha256(ByteString.copyFrom(prepared.sha256()))
            .setOriginalWidth(prepared.header().width())
            .setOriginalHeight(prepared.header().height())
            .addAllRigCameras(request.rigCameras())
            .setSourceName(request.sourceName())
            .setLive(live);
    if (original != null) {
      frame.setOriginal(original);
    }
    Intrinsics intrinsics = prepared.intrinsics();
    if (intrinsics != null) {
      frame.setIntrinsics(GeometryMapping.toRecord(intrinsics));
    }
    if (request.rigFromCamera() != null) {
      frame.setRigFromCamera(GeometryMapping.toRecord(request.rigFromCamera()));
    }
    if (request.scenePrior() != null) {
      frame.setSceneFromCameraPrior(GeometryMapping.toRecord(request.scenePrior()));
    }
    Position position = prepared.position();
    if (position != null) {
      frame.setGps(geodetic(position));
    }
    return FrameRecord.newBuilder().setFrame(frame).build();
  }

  static FrameRecord end(
      String scene, String capture, String camera, long lastSequence, List<String> rigCameras) {
    return FrameRecord.newBuilder()
        .setEnd(
            CameraEnd.newBuilder()
                .setScene(scene)
                .setCapture(capture)
                .setCamera(camera)
                .setLastSequence(lastSequence)
                .addAllRigCameras(rigCameras))
        .build();
  }

  /** The outcome of a frame that was never accepted. */
  static FrameOutcome rejected(FrameId id, FrameRefused refused, long nowNs) {
    return FrameOutcome.newBuilder()
        .setFrame(id)
        .setRejected(
            Rejected.newBuilder()
                .setReason(reason(refused.reason()))
                .setDetail(refused.detail())
                .setStage("capture"))
        .setAtNs(nowNs)
        .build();
  }

  static RejectionReason reason(FrameRefused.Reason reason) {
    return switch (reason) {
      case UNSUPPORTED_MEDIA -> RejectionReason.REJECTION_REASON_UNSUPPORTED_MEDIA;
      case TRUNCATED -> RejectionReason.REJECTION_REASON_TRUNCATED;
      case UNDECODABLE -> RejectionReason.REJECTION_REASON_UNDECODABLE;
      case BAD_DIMENSIONS -> RejectionReason.REJECTION_REASON_BAD_DIMENSIONS;
      case TOO_LARGE -> RejectionReason.REJECTION_REASON_TOO_LARGE;
      case BAD_INTRINSICS -> RejectionReason.REJECTION_REASON_BAD_INTRINSICS;
      case BAD_PARAMETER -> RejectionReason.REJECTION_REASON_BAD_PARAMETER;
      case ID_CONFLICT -> RejectionReason.REJECTION_REASON_ID_CONFLICT;
    };
  }

  private static Geodetic geodetic(Position position) {
    Geodetic.Builder geodetic =
        Geodetic.newBuilder()
            .setLatitudeDeg(position.latitude())
            .setLongitudeDeg(position.longitude());
    Double altitude = position.altitude();
    if (altitude != null) {
      geodetic.setAltitudeM(altitude);
    }
    return geodetic.build();
  }
}
