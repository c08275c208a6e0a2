package io.lite3r.schemas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.lite3r.schemas.v1.Affine2;
import io.lite3r.schemas.v1.CameraEnd;
import io.lite3r.schemas.v1.CameraIdle;
import io.lite3r.schemas.v1.CaptureClosed;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.CloseReason;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.Fused;
import io.lite3r.schemas.v1.Geodetic;
import io.lite3r.schemas.v1.Intrinsics;
import io.lite3r.schemas.v1.Reconstructed;
import io.lite3r.schemas.v1.ReconstructedView;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.Rejected;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.Rigid3;
import io.lite3r.schemas.v1.SceneDeletion;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Skipped;
import io.lite3r.schemas.v1.Unreconstructable;
import io.lite3r.schemas.v1.UnreconstructableReason;
import io.lite3r.schemas.v1.View;
import io.lite3r.schemas.v1.ViewSource;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One record of each kind as release 1 wrote it, every field of that release set. Frozen: a field
 * that comes later is not added to these, for their bytes never had it; a kind that comes later
 * gets bytes of its own at the end.
 */
final class ReleasedExamples {
  private ReleasedExamples() {}

  /** By the name of the file in schemas/released/v1. */
  static Map<String, Message> v1() {
    Map<String, Message> all = new LinkedHashMap<>();
    all.put("frame", FrameRecord.newBuilder().setFrame(frame(7)).build());
    all.put("camera-idle", FrameRecord.newBuilder().setIdle(idle()).build());
    all.put("camera-end", FrameRecord.newBuilder().setEnd(end()).build());
    all.put("window", window());
    all.put("reconstructed", record(reconstruction().setReconstructed(reconstructed())));
    all.put(
        "unreconstructable",
        record(
            reconstruction()
                .setUnreconstructable(
                    Unreconstructable.newBuilder()
                        .setReason(UnreconstructableReason.UNRECONSTRUCTABLE_REASON_NOT_FINITE)
                        .setDetail("3 of 9 values of the model's depth are NaN or infinite"))));
    all.put("capture-closed", ReconstructionRecord.newBuilder().setCaptureClosed(closed()).build());
    all.put(
        "scene-deletion",
        ReconstructionRecord.newBuilder()
            .setSceneDeletion(
                SceneDeletion.newBuilder().setScene("kitchen").setRequestedAtNs(1_700_000_009L))
            .build());
    all.put(
        "frame-fused",
        outcome().setFused(Fused.newBuilder().setVersion(12).setWindowId("ab12")).build());
    all.put(
        "frame-rejected",
        outcome()
            .setRejected(
                Rejected.newBuilder()
                    .setReason(RejectionReason.REJECTION_REASON_TRUNCATED)
                    .setDetail("The file ends before its image does. Send it again.")
                    .setStage("capture"))
            .build());
    all.put(
        "frame-skipped",
        outcome().setSkipped(Skipped.newBuilder().setDetail("The camera has not moved.")).build());
    all.put("scene-update", update());
    all.put(
        "verification-window",
        window().toBuilder().setPurpose(WindowPurpose.WINDOW_PURPOSE_VERIFICATION).build());
    all.put(
        "verification-reconstructed",
        record(
            reconstruction()
                .setReconstructed(reconstructed())
                .setPurpose(WindowPurpose.WINDOW_PURPOSE_VERIFICATION)));
    return all;
  }

  private static FrameId id(long sequence) {
    return FrameId.newBuilder()
        .setScene("kitchen")
        .setCapture("walk-1")
        .setCamera("left")
        .setSequence(sequence)
        .build();
  }

  private static ClaimCheck claim(String key, String type) {
    return ClaimCheck.newBuilder()
        .setBucket("lite3r")
        .setKey(key)
        .setSizeBytes(123_456_789_012L)
        .setSha256(ByteString.copyFrom(new byte[] {1, 2, 3, -4}))
        .setMediaType(type)
        .build();
  }

  private static Intrinsics intrinsics() {
    return Intrinsics.newBuilder()
        .setFx(525.5)
        .setFy(524.25)
        .setCx(319.5)
        .setCy(239.5)
        .setWidth(640)
        .setHeight(480)
        .addDistortion(-.1)
        .addDistortion(.01)
        .build();
  }

  private static Affine2 affine() {
    return Affine2.newBuilder()
        .setM00(2)
        .setM01(.25)
        .setM02(.5)
        .setM10(-.25)
        .setM11(3)
        .setM12(-.5)
        .build();
  }

  private static Rigid3 pose() {
    return Rigid3.newBuilder()
        .setQw(.5)
        .setQx(-.5)
        .setQy(.5)
        .setQz(-.5)
        .setTx(1.5)
        .setTy(-2.5)
        .setTz(3.5)
        .build();
  }

  private static Geodetic gps() {
    return Geodetic.newBuilder()
        .setLatitudeDeg(52.5)
        .setLongitudeDeg(13.25)
        .setAltitudeM(34.5)
        .build();
  }

  private static Frame frame(long sequence) {
    return Frame.newBuilder()
        .setId(id(sequence))
        .setCaptureTimeNs(1_700_000_000_000_000_001L)
        .setAcceptedAtNs(1_700_000_000_000_000_002L)
        .setView(
            View.newBuilder()
                .setJpeg(ByteString.copyFrom(new byte[] {-1, -40, -1, -39}))
                .setWidth(640)
                .setHeight(480)
                .setOriginalFromView(affine()))
        .setOriginal(claim("originals/7", "image/jpeg"))
        .setContentSha256(ByteString.copyFrom(new byte[] {5, 6, 7, 8}))
        .setOriginalWidth(1920)
        .setOriginalHeight(1440)
        .setIntrinsics(intrinsics())
        .setRigFromCamera(pose())
        .setSceneFromCameraPrior(pose())
        .setGps(gps())
        .addRigCameras("left")
        .addRigCameras("right")
        .setSourceName("0007.jpg")
        .build();
  }

  private static CameraIdle idle() {
    return CameraIdle.newBuilder()
        .setScene("kitchen")
        .setCapture("walk-1")
        .setCamera("right")
        .setSilentUntilNs(1_700_000_000_000_000_003L)
        .build();
  }

  private static CameraEnd end() {
    return CameraEnd.newBuilder()
        .setScene("kitchen")
        .setCapture("walk-1")
        .setCamera("right")
        .setLastSequence(-1)
        .addRigCameras("left")
        .addRigCameras("right")
        .build();
  }

  private static Window window() {
    return Window.newBuilder()
        .setId("ab12")
        .setScene("kitchen")
        .setCapture("walk-1")
        .setNumber(5)
        .setNumberInCapture(4)
        .setConfigurationVersion("1")
        .addViews(frame(7))
        .addViews(frame(8))
        .setSharedWithPrevious(1)
        .setCloseReason(CloseReason.CLOSE_REASON_CAPTURE_ENDED)
        .setClosedAtNs(1_700_000_000_000_000_004L)
        .build();
  }

  private static Reconstruction.Builder reconstruction() {
    return Reconstruction.newBuilder()
        .setOutcomeKey("cd34")
        .setWindowId("ab12")
        .setScene("kitchen")
        .setCapture("walk-1")
        .setWindowNumber(5)
        .setWindowNumberInCapture(4)
        .setSharedWithPrevious(1)
        .addSources(
            ViewSource.newBuilder()
                .setFrame(id(7))
                .setCaptureTimeNs(1_700_000_000_000_000_001L)
                .setAcceptedAtNs(1_700_000_000_000_000_002L)
                .setOriginalWidth(1920)
                .setOriginalHeight(1440)
                .setIntrinsics(intrinsics())
                .setRigFromCamera(pose())
                .setSceneFromCameraPrior(pose())
                .setGps(gps())
                .setSourceName("0007.jpg"))
        .setModelId("lite3r-student")
        .setModelSha256("ef56")
        .setWindowClosedAtNs(1_700_000_000_000_000_004L)
        .setStartedAtNs(1_700_000_000_000_000_005L)
        .setFinishedAtNs(1_700_000_000_000_000_006L);
  }

  private static Reconstructed reconstructed() {
    return Reconstructed.newBuilder()
        .addViews(
            ReconstructedView.newBuilder()
                .setSubmapFromCamera(pose())
                .setIntrinsics(intrinsics())
                .setOriginalFromDepth(affine())
                .setMeanConfidence(1.75))
        .setSubmap(claim("submaps/kitchen/cd34", "application/x-lite3r-submap"))
        .build();
  }

  private static ReconstructionRecord record(Reconstruction.Builder reconstruction) {
    return ReconstructionRecord.newBuilder().setReconstruction(reconstruction).build();
  }

  private static CaptureClosed closed() {
    return CaptureClosed.newBuilder()
        .setScene("kitchen")
        .setCapture("walk-1")
        .setWindowCount(6)
        .setLastWindowNumber(11)
        .setClosedAtNs(1_700_000_000_000_000_007L)
        .build();
  }

  private static FrameOutcome.Builder outcome() {
    return FrameOutcome.newBuilder()
        .setFrame(id(7))
        .setAtNs(1_700_000_000_000_000_008L)
        .setAcceptedAtNs(1_700_000_000_000_000_002L);
  }

  private static SceneUpdate update() {
    return SceneUpdate.newBuilder()
        .setScene("kitchen")
        .setVersion(12)
        .setManifest(claim("scenes/kitchen/12", "application/json"))
        .setDigest(ByteString.copyFrom(new byte[] {9, 8, 7, 6}))
        .setWindows(6)
        .setFrames(19)
        .addClosedCaptures("walk-1")
        .setNewestAcceptedAtNs(1_700_000_000_000_000_002L)
        .setPublishedAtNs(1_700_000_000_000_000_009L)
        .setDeleted(true)
        .setOldestAcceptedAtNs(1_700_000_000_000_000_001L)
        .build();
  }
}
