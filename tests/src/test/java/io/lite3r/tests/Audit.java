package io.lite3r.tests;

import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The independent ledger: what cameras were promised against what is on the broker and in the
 * object store. It shares no code with the services beyond the schemas.
 *
 * <ul>
 *   <li>L1: accepted frames = frames with a terminal outcome, exactly.
 *   <li>L2: nothing is applied twice: windows, versions, frames.
 *   <li>L4: order of every camera is kept.
 *   <li>L5: dead letters = what was refused or poisoned, with its reason and its own bytes.
 *   <li>L6: every object that the head names exists and is what it claims to be.
 * </ul>
 *
 * L3, the digest, is {@link #digest()}: the test compares it with another run's.
 */
final class Audit {
  private static final int CONTENT_TOO_LARGE = 413;

  private final SceneRecords records;
  private final List<TestCameras> cameras;
  private final StoredScene stored;
  private final List<String> violations = new ArrayList<>();

  private Audit(SceneRecords records, StoredScene stored, List<TestCameras> cameras) {
    this.records = records;
    this.stored = stored;
    this.cameras = cameras;
  }

  static Audit of(SceneRecords records, ObjectStore objects, List<TestCameras> cameras) {
    Audit audit = new Audit(records, StoredScene.read(objects, records.scene()), cameras);
    audit.terminal();
    audit.once();
    audit.order();
    audit.deadLetters();
    audit.violations.addAll(audit.stored.violations());
    return audit;
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  /** Digest of the scene's head. */
  String digest() {
    return stored.head() == null ? "no scene" : stored.head().digest();
  }

  SceneManifest manifest() {
    return Objects.requireNonNull(stored.manifest(), "scene " + records.scene() + " has no head");
  }

  StoredScene stored() {
    return stored;
  }

  String counts() {
    return "scene %s: %d accepted, %d terminal (%d fused), %d refused, %d dead letters, %d windows, %d versions, %d objects checked, %d orphans, %d violations"
        .formatted(
            records.scene(),
            accepted().size(),
            records.terminalIds().size(),
            records.fused(),
            records.refusals().size(),
            records.deadLetters().size(),
            stored.windows().size(),
            stored.head() == null ? 0 : stored.head().version(),
            stored.checked(),
            stored.orphans(),
            violations.size());
  }

  /** Ends of frames that are in no scene. */
  List<FrameOutcome> notFused() {
    return records.terminal().stream().filter(outcome -> !outcome.hasFused()).toList();
  }

  private Map<FrameId, String> accepted() {
    Map<FrameId, String> all = new HashMap<>();
    cameras.forEach(camera -> all.putAll(camera.accepted()));
    return all;
  }

  private void terminal() {
    Map<FrameId, String> accepted = accepted();
    Map<FrameId, FrameOutcome> outcomes = new HashMap<>();
    for (FrameOutcome outcome : records.terminal()) {
      FrameOutcome first = outcomes.putIfAbsent(outcome.getFrame(), outcome);
      if (first != null && !sameVerdict(first, outcome)) {
        violation("L1", "%s ended twice: %s and %s", name(outcome.getFrame()), first, outcome);
      }
    }
    for (FrameId frame : accepted.keySet()) {
      if (!outcomes.containsKey(frame)) {
        violation("L1", "%s was accepted and has no outcome", name(frame));
      }
    }
    for (FrameId frame : outcomes.keySet()) {
      if (!accepted.containsKey(frame)) {
        violation("L1", "%s has an outcome and was never accepted", name(frame));
      }
    }
    for (var frame : records.frames()) {
      String sent = accepted.get(frame.getId());
      String durable = HexFormat.of().formatHex(frame.getContentSha256().toByteArray());
      if (!durable.equals(sent)) {
        violation(
            "L1", "%s is on the broker as %s, sent was %s", name(frame.getId()), durable, sent);
      }
    }
    Map<FrameId, Long> inScene = stored.fusedFrames();
    outcomes.forEach(
        (frame, outcome) -> {
          if (outcome.hasFused() != inScene.containsKey(frame)) {
            violation(
                "L1",
                "%s: its outcome says %s, the manifest %s",
                name(frame),
                outcome.getOutcomeCase(),
                inScene.containsKey(frame) ? "fused" : "not fused");
          }
        });
    inScene.keySet().stream()
        .filter(frame -> !outcomes.containsKey(frame))
        .forEach(frame -> violation("L1", "%s is fused and has no outcome", name(frame)));
  }

  /** A repeat may be published at another time; what it says must be the same. */
  private static boolean sameVerdict(FrameOutcome a, FrameOutcome b) {
    return a.toBuilder().clearAtNs().build().equals(b.toBuilder().clearAtNs().build());
  }

  private void once() {
    oneNumberEach();
    Map<String, String> keys = new HashMap<>();
    for (Reconstruction outcome : records.reconstructions()) {
      String other = keys.putIfAbsent(outcome.getWindowId(), outcome.getOutcomeKey());
      if (other != null && !other.equals(outcome.getOutcomeKey())) {
        violation("L2", "window %s has two outcomes", outcome.getWindowId());
      }
    }
    TreeMap<Long, SceneUpdate> versions = new TreeMap<>();
    for (SceneUpdate update : records.updates()) {
      SceneUpdate other = versions.putIfAbsent(update.getVersion(), update);
      if (other != null && !other.getDigest().equals(update.getDigest())) {
        violation("L2", "version %d was published with two digests", update.getVersion());
      }
    }
    long expected = 1;
    for (long version : versions.keySet()) {
      if (version != expected++) {
        violation("L2", "versions have a gap before %d", version);
      }
    }
    if (stored.head() != null && versions.isEmpty()) {
      violation("L2", "the scene has a head and no update was published");
    } else if (stored.head() != null) {
      SceneUpdate last = versions.lastEntry().getValue();
      String announced = HexFormat.of().formatHex(last.getDigest().toByteArray());
      if (last.getVersion() != stored.head().version()
          || !announced.equals(stored.head().digest())) {
        violation(
            "L2",
            "the head is version %d (%s), the last update says %d (%s)",
            stored.head().version(),
            stored.head().digest(),
            last.getVersion(),
            announced);
      }
    }
  }

  /** Window numbers are contiguous, a number has one id, an id one number; the scene holds each. */
  private void oneNumberEach() {
    TreeMap<Long, String> byNumber = new TreeMap<>();
    Map<String, Long> byId = new HashMap<>();
    for (Window window : records.windows()) {
      String otherId = byNumber.putIfAbsent(window.getNumber(), window.getId());
      Long otherNumber = byId.putIfAbsent(window.getId(), window.getNumber());
      if ((otherId != null && !otherId.equals(window.getId()))
          || (otherNumber != null && otherNumber != window.getNumber())) {
        violation("L2", "window number %d stands for two windows", window.getNumber());
      }
    }
    long expected = 0;
    for (long number : byNumber.keySet()) {
      if (number != expected++) {
        violation("L2", "window numbers have a gap before %d", number);
      }
    }
    List<String> inScene = stored.windows().stream().map(w -> w.windowId()).toList();
    if (!inScene.equals(List.copyOf(byNumber.values()))) {
      violation(
          "L2",
          "the scene holds windows %s, on the broker are %s",
          inScene,
          List.copyOf(byNumber.values()));
    }
  }

  /** Within a capture every camera's frames are in windows in their order, none left out. */
  private void order() {
    Map<String, Long> last = new HashMap<>();
    Map<Long, Window> byNumber = new TreeMap<>();
    records.windows().forEach(window -> byNumber.put(window.getNumber(), window));
    for (Window window : byNumber.values()) {
      for (var view :
          window.getViewsList().subList(window.getSharedWithPrevious(), window.getViewsCount())) {
        FrameId id = view.getId();
        Long before = last.put(id.getCapture() + "/" + id.getCamera(), id.getSequence());
        if (before != null && before >= id.getSequence()) {
          violation("L4", "%s comes after sequence %d", name(id), before);
        }
      }
    }
  }

  /** Every refusal that a camera saw lies on dead-letters once, as it was sent. */
  private void deadLetters() {
    List<byte[]> letters = new ArrayList<>();
    for (TopicLog.Entry entry : records.deadLetters()) {
      DeadLetter why = DeadLetter.of(entry.headers());
      if (why.stage().isEmpty() || why.reason().isEmpty() || why.detail().isEmpty()) {
        violation("L5", "the dead letter at %s does not say why: %s", entry.origin(), why);
      }
      if (why.origin().equals("http")) {
        letters.add((byte[]) entry.message());
      }
    }
    for (TestCameras camera : cameras) {
      for (TestCameras.Refusal refusal : camera.refused()) {
        byte[] sent = refusal.shot().bytes();
        boolean tooLarge = refusal.status() == CONTENT_TOO_LARGE;
        if (!letters.removeIf(l -> tooLarge ? isBeginning(l, sent) : Arrays.equals(l, sent))) {
          violation("L5", "no dead letter holds what was refused: %s", refusal.problem());
        }
      }
    }
    if (!letters.isEmpty()) {
      violation("L5", "%d dead letters hold images that no camera sent", letters.size());
    }
  }

  /** Of a body that is too long only the beginning is kept. */
  private static boolean isBeginning(byte[] part, byte[] whole) {
    return part.length > 0
        && part.length <= whole.length
        && Arrays.equals(part, 0, part.length, whole, 0, part.length);
  }

  private void violation(String rule, String text, Object... values) {
    violations.add(rule + ": " + text.formatted(values));
  }

  static String name(FrameId id) {
    return "%s/%s/%s/%d"
        .formatted(id.getScene(), id.getCapture(), id.getCamera(), id.getSequence());
  }

  /** For readers of a failed test. */
  @Override
  public String toString() {
    return counts() + violations;
  }
}
