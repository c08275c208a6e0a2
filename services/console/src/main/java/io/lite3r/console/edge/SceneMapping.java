package io.lite3r.console.edge;

import io.lite3r.console.scene.FrameEnd;
import io.lite3r.console.scene.Version;
import io.lite3r.console.scene.Version.ManifestRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.SceneUpdate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** From records and scene objects to what the ledger understands. */
final class SceneMapping {
  private static final String REASON_PREFIX = "REJECTION_REASON_";

  private SceneMapping() {}

  static Version version(SceneUpdate update) {
    ClaimCheck manifest = update.getManifest();
    return new Version(
        update.getScene(),
        update.getVersion(),
        new ManifestRef(
            manifest.getKey(), manifest.getSizeBytes(), hex(manifest.getSha256().toByteArray())),
        hex(update.getDigest().toByteArray()),
        update.getWindows(),
        update.getFrames(),
        update.getClosedCapturesList(),
        update.getNewestAcceptedAtNs(),
        update.getPublishedAtNs());
  }

  static Version version(SceneHead head, SceneManifest manifest) {
    return new Version(
        head.scene(),
        head.version(),
        new ManifestRef(
            head.manifest().key(), head.manifest().sizeBytes(), head.manifest().sha256()),
        head.digest(),
        head.windows(),
        head.frames(),
        manifest.captures().stream()
            .filter(SceneManifest.Capture::closed)
            .map(SceneManifest.Capture::capture)
            .toList(),
        0,
        head.publishedAtNs());
  }

  static Version version(String scene, Kept kept) {
    return new Version(
        scene,
        kept.version(),
        new ManifestRef(
            kept.manifest().key(), kept.manifest().sizeBytes(), kept.manifest().sha256()),
        kept.digest(),
        kept.windows(),
        kept.frames(),
        List.of(),
        0,
        kept.publishedAtNs());
  }

  static FrameEnd frameEnd(FrameOutcome outcome) {
    var frame = outcome.getFrame();
    FrameEnd.Kind kind = kind(outcome);
    return new FrameEnd(
        frame.getScene(),
        frame.getCapture(),
        frame.getCamera(),
        frame.getSequence(),
        kind,
        outcome.hasRejected()
            ? outcome
                .getRejected()
                .getReason()
                .name()
                .replace(REASON_PREFIX, "")
                .toLowerCase(Locale.ROOT)
            : "",
        outcome.hasRejected()
            ? outcome.getRejected().getDetail()
            : outcome.getSkipped().getDetail(),
        outcome.getRejected().getStage(),
        outcome.getAtNs());
  }

  private static FrameEnd.Kind kind(FrameOutcome outcome) {
    return switch (outcome.getOutcomeCase()) {
      case FUSED -> FrameEnd.Kind.FUSED;
      case SKIPPED -> FrameEnd.Kind.SKIPPED;
      case REJECTED ->
          outcome.getAcceptedAtNs() == 0 ? FrameEnd.Kind.REFUSED : FrameEnd.Kind.REJECTED;
      case OUTCOME_NOT_SET ->
          throw new IllegalArgumentException("a FrameOutcome without an outcome");
    };
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
