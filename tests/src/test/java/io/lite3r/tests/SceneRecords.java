package io.lite3r.tests;

import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.CaptureClosed;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** All records of one scene, repeats included, each list in the order of its partition. */
record SceneRecords(
    String scene,
    List<Frame> frames,
    List<Window> windows,
    List<Reconstruction> reconstructions,
    List<CaptureClosed> closed,
    List<SceneUpdate> updates,
    List<FrameOutcome> outcomes,
    List<TopicLog.Entry> deadLetters) {

  static SceneRecords of(String scene, Collection<TopicLog.Entry> entries) {
    SceneRecords records =
        new SceneRecords(
            scene,
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    entries.forEach(records::take);
    return records;
  }

  /**
   * Terminal outcomes of accepted frames. A refused image has an outcome, too, but was never
   * accepted: its time of acceptance is 0.
   */
  List<FrameOutcome> terminal() {
    return outcomes.stream().filter(outcome -> outcome.getAcceptedAtNs() != 0).toList();
  }

  List<FrameOutcome> refusals() {
    return outcomes.stream().filter(outcome -> outcome.getAcceptedAtNs() == 0).toList();
  }

  Set<FrameId> terminalIds() {
    return terminal().stream().map(FrameOutcome::getFrame).collect(Collectors.toSet());
  }

  boolean allTerminal(Collection<FrameId> frames) {
    return terminalIds().containsAll(frames);
  }

  /** Whether a published version holds the whole capture. */
  boolean published(String capture) {
    return updates.stream().anyMatch(u -> u.getClosedCapturesList().contains(capture));
  }

  /** Windows on the broker that have no outcome there. */
  long unreconstructedWindows() {
    Set<String> done =
        reconstructions.stream().map(Reconstruction::getWindowId).collect(Collectors.toSet());
    return windows.stream().map(Window::getId).distinct().filter(id -> !done.contains(id)).count();
  }

  /** Outcomes on the broker that no version published there holds. */
  long unpublishedWindows() {
    long published = updates.stream().mapToLong(SceneUpdate::getWindows).max().orElse(0);
    return reconstructions.stream().map(Reconstruction::getWindowId).distinct().count() - published;
  }

  long fused() {
    return terminal().stream()
        .filter(FrameOutcome::hasFused)
        .map(FrameOutcome::getFrame)
        .distinct()
        .count();
  }

  @Override
  public String toString() {
    return "%d frames, %d windows, %d reconstructions, %d ends of captures, %d updates, %d terminal outcomes, %d refusals, %d dead letters"
        .formatted(
            frames.size(),
            windows.size(),
            reconstructions.size(),
            closed.size(),
            updates.size(),
            terminal().size(),
            refusals().size(),
            deadLetters.size());
  }

  private void take(TopicLog.Entry entry) {
    switch (entry.message()) {
      case FrameRecord record -> {
        if (record.hasFrame() && record.getFrame().getId().getScene().equals(scene)) {
          frames.add(record.getFrame());
        }
      }
      case Window window -> {
        if (window.getScene().equals(scene)
            && window.getPurpose() != WindowPurpose.WINDOW_PURPOSE_VERIFICATION) {
          windows.add(window);
        }
      }
      case ReconstructionRecord record -> {
        if (record.getReconstruction().getScene().equals(scene)
            && record.getReconstruction().getPurpose()
                != WindowPurpose.WINDOW_PURPOSE_VERIFICATION) {
          reconstructions.add(record.getReconstruction());
        }
        if (record.getCaptureClosed().getScene().equals(scene)) {
          closed.add(record.getCaptureClosed());
        }
      }
      case SceneUpdate update -> {
        if (update.getScene().equals(scene)) {
          updates.add(update);
        }
      }
      case FrameOutcome outcome -> {
        if (outcome.getFrame().getScene().equals(scene)) {
          outcomes.add(outcome);
        }
      }
      default -> {
        if (entry.topic().equals(Topics.DEAD_LETTERS) && scene.equals(entry.key())) {
          deadLetters.add(entry);
        }
      }
    }
  }
}
