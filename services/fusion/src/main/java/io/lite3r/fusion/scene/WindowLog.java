package io.lite3r.fusion.scene;

import io.lite3r.schemas.scene.FocalEstimate;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FrameEntry.FrameStatus;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All windows of a scene by number, and what follows from them for frames. Windows of a capture
 * slide over its frames, so a frame that the capture's next window no longer holds is in none of
 * the later ones: that is when it has come to its end.
 */
final class WindowLog {
  private final long firstNumber;
  private final List<WindowEntry> entries = new ArrayList<>();
  private final Map<String, List<Integer>> ofCapture = new HashMap<>();
  private final Map<String, WindowEntry> inherited = new HashMap<>();
  private final Map<String, Map<String, FocalEstimate>> focals = new HashMap<>();
  private int firstChanged;
  private int fused;

  /**
   * Starts where a deleted predecessor of the scene ended.
   *
   * @param firstNumber number of the first window that is still to come; 0 without predecessor
   * @param inherited the predecessor's last window of each capture that had not ended: its frames
   *     are still to come to their end
   */
  WindowLog(long firstNumber, List<WindowEntry> inherited) {
    this.firstNumber = firstNumber;
    inherited.forEach(entry -> this.inherited.put(entry.capture(), entry));
  }

  long nextNumber() {
    return firstNumber + entries.size();
  }

  List<WindowEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  WindowEntry get(long number) {
    return entries.get((int) (number - firstNumber));
  }

  boolean holds(long number) {
    return number >= firstNumber && number < nextNumber();
  }

  void add(WindowEntry entry) {
    if (entry.number() != nextNumber()) {
      throw new IllegalStateException(
          "window %d cannot follow window %d".formatted(entry.number(), nextNumber() - 1));
    }
    ofCapture.computeIfAbsent(entry.capture(), c -> new ArrayList<>()).add(entries.size());
    entries.add(entry);
    fused += entry.status() == WindowStatus.FUSED ? 1 : 0;
    for (FrameEntry frame : entry.frames().reversed()) { // of a window the first view's counts
      ViewRefinement refinement = frame.refinement();
      if (refinement != null) {
        focals
            .computeIfAbsent(entry.capture(), c -> new HashMap<>())
            .put(frame.camera(), refinement.known());
      }
    }
    entry.frames().forEach(frame -> settleBest(entry.capture(), FrameKey.of(frame)));
  }

  /**
   * What the capture's windows so far have found out about its cameras: a function of their
   * entries, so that it is the same after a restart.
   */
  KnownFocals focals(String capture) {
    return focals.getOrDefault(capture, Map.of())::get;
  }

  void replace(WindowEntry entry) {
    int index = (int) (entry.number() - firstNumber);
    entries.set(index, entry);
    firstChanged = Math.min(firstChanged, index);
  }

  /** Index of the first entry that changed since this was last asked; asking forgets it. */
  int takeFirstChanged() {
    int taken = Math.min(firstChanged, entries.size());
    firstChanged = entries.size();
    return taken;
  }

  /** The capture's windows by number, as they are when one is asked for. */
  List<WindowEntry> ofCapture(String capture) {
    List<Integer> indices = ofCapture.getOrDefault(capture, List.of());
    return new AbstractList<>() {
      @Override
      public WindowEntry get(int i) {
        return entries.get(indices.get(i));
      }

      @Override
      public int size() {
        return indices.size();
      }
    };
  }

  /** How many windows are fused. */
  int fused() {
    return fused;
  }

  /** How many of the frames of a window that is to be added no earlier window has fused. */
  long newlyFused(WindowEntry entry) {
    return entry.frames().stream()
        .filter(f -> f.status() == FrameStatus.FUSED)
        .filter(
            f ->
                holding(entry.capture(), FrameKey.of(f), Long.MAX_VALUE).stream()
                    .noneMatch(e -> frame(e, FrameKey.of(f)).status() == FrameStatus.FUSED))
        .count();
  }

  /** The windows of the frame's capture that hold it, by number. */
  private List<WindowEntry> holding(String capture, FrameKey frame, long upTo) {
    List<Integer> indices = ofCapture.getOrDefault(capture, List.of());
    List<WindowEntry> holding = new ArrayList<>();
    for (int i = indices.size() - 1; i >= 0; i--) {
      WindowEntry entry = entries.get(indices.get(i));
      if (entry.number() > upTo) {
        continue;
      }
      if (entry.frames().stream().noneMatch(f -> FrameKey.of(f).equals(frame))) {
        break; // windows slide: no earlier one holds it either
      }
      holding.addFirst(entry);
    }
    return holding;
  }

  /** Exactly one of a frame's fused windows represents it: the surest, of equals the first. */
  private void settleBest(String capture, FrameKey key) {
    List<WindowEntry> holding = holding(capture, key, Long.MAX_VALUE);
    long best = -1;
    double confidence = -1;
    for (WindowEntry entry : holding) {
      FrameEntry frame = frame(entry, key);
      if (frame.status() == FrameStatus.FUSED && frame.meanConfidence() > confidence) {
        confidence = frame.meanConfidence();
        best = entry.number();
      }
    }
    for (WindowEntry entry : holding) {
      boolean isBest = entry.number() == best;
      if (frame(entry, key).best() != isBest) {
        replace(
            entry.with(
                entry.frames().stream()
                    .map(f -> FrameKey.of(f).equals(key) ? f.withBest(isBest) : f)
                    .toList()));
      }
    }
  }

  private static FrameEntry frame(WindowEntry entry, FrameKey key) {
    return entry.frames().stream()
        .filter(f -> FrameKey.of(f).equals(key))
        .findFirst()
        .orElseThrow();
  }

  /** Frames that ended because this window, the next of their capture, no longer holds them. */
  List<FrameEnd> endedBy(long number) {
    WindowEntry entry = get(number);
    List<Integer> indices = ofCapture.getOrDefault(entry.capture(), List.of());
    int at = Collections.binarySearch(indices, (int) (number - firstNumber));
    WindowEntry before =
        at == 0 ? inherited.get(entry.capture()) : entries.get(indices.get(at - 1));
    if (before == null) {
      return List.of();
    }
    Set<FrameKey> stillHeld = new HashSet<>();
    entry.frames().forEach(f -> stillHeld.add(FrameKey.of(f)));
    return before.frames().stream()
        .filter(f -> !stillHeld.contains(FrameKey.of(f)))
        .map(f -> end(before, f, entry.publishedAtNs()))
        .toList();
  }

  /** Frames that ended because their capture did: those of its last window. */
  List<FrameEnd> endedByClose(String capture, long closedAtNs) {
    WindowEntry last = last(capture);
    return last == null
        ? List.of()
        : last.frames().stream().map(f -> end(last, f, closedAtNs)).toList();
  }

  /** The capture's last window so far, even that of a deleted predecessor. */
  @Nullable WindowEntry last(String capture) {
    List<WindowEntry> windows = ofCapture(capture);
    return windows.isEmpty() ? inherited.get(capture) : windows.getLast();
  }

  /** Frames that this version is the first to hold. */
  List<FrameEntry> firstHeldBy(long version) {
    List<FrameEntry> first = new ArrayList<>();
    for (int i = entries.size() - 1; i >= 0 && entries.get(i).version() >= version; i--) {
      WindowEntry entry = entries.get(i);
      if (entry.version() == version) {
        entry.frames().stream()
            .filter(
                f -> holding(entry.capture(), FrameKey.of(f), entry.number()).getFirst() == entry)
            .forEach(first::add);
      }
    }
    return first;
  }

  private FrameEnd end(WindowEntry lastHolding, FrameEntry frame, long atNs) {
    List<WindowEntry> holding =
        holds(lastHolding.number())
            ? holding(lastHolding.capture(), FrameKey.of(frame), lastHolding.number())
            : List.of(lastHolding);
    for (WindowEntry entry : holding) {
      if (frame(entry, FrameKey.of(frame)).status() == FrameStatus.FUSED) {
        return new FrameEnd.Fused(
            entry.capture(),
            frame.camera(),
            frame.sequence(),
            frame.acceptedAtNs(),
            atNs,
            entry.version(),
            entry.windowId());
      }
    }
    boolean unreconstructable =
        holding.stream().allMatch(e -> e.status() == WindowStatus.UNRECONSTRUCTABLE);
    String detail =
        holding.stream()
            .map(WindowEntry::reason)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse("no depth pixel of this frame was sure enough to enter the volume");
    return new FrameEnd.NotFused(
        lastHolding.capture(),
        frame.camera(),
        frame.sequence(),
        frame.acceptedAtNs(),
        atNs,
        unreconstructable,
        detail);
  }
}
