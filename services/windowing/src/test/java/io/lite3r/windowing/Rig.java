package io.lite3r.windowing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A capture played in a line of test code. */
final class Rig {
  static final int FRAME_BYTES = 1000;

  private final CaptureAssembly assembly = new CaptureAssembly("kitchen", "flight-1");
  private final WindowingRules rules;
  final List<Decision> decisions = new ArrayList<>();
  private long nextNumber;

  Rig(WindowingRules rules) {
    this.rules = rules;
  }

  Rig play(CameraEvent... events) {
    return play(List.of(events));
  }

  Rig play(List<CameraEvent> events) {
    CaptureAssembly current = assembly;
    for (CameraEvent event : events) {
      List<Decision> made = current.accept(event, rules, nextNumber);
      nextNumber += made.stream().filter(Decision.WindowClosed.class::isInstance).count();
      decisions.addAll(made);
    }
    return this;
  }

  /** Like play, with the state through the store between any two events. */
  static List<Decision> playThroughTheStore(WindowingRules rules, List<CameraEvent> events) {
    byte[] state = AssemblyCodec.encode(new CaptureAssembly("kitchen", "flight-1"));
    List<Decision> decisions = new ArrayList<>();
    long next = 0;
    for (CameraEvent event : events) {
      CaptureAssembly assembly = AssemblyCodec.decode("kitchen", "flight-1", state);
      List<Decision> made = assembly.accept(event, rules, next);
      next += made.stream().filter(Decision.WindowClosed.class::isInstance).count();
      decisions.addAll(made);
      state = AssemblyCodec.encode(assembly);
    }
    return decisions;
  }

  <T extends Decision> List<T> all(Class<T> kind) {
    return decisions.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Decision.WindowClosed> windows() {
    return all(Decision.WindowClosed.class);
  }

  /** Windows as text: {@code a0 b0 a1 b1 | 2 FULL}. */
  List<String> windowsInWords() {
    return windows().stream()
        .map(
            window ->
                String.join(
                        " ", window.frames().stream().map(f -> f.camera() + f.sequence()).toList())
                    + " | "
                    + window.sharedWithPrevious()
                    + " "
                    + window.reason())
        .toList();
  }

  static FrameRef frame(String camera, long sequence, double seconds) {
    return new FrameRef(
        camera,
        sequence,
        Math.round(seconds * 1e9),
        FRAME_BYTES,
        "sha-" + camera + sequence,
        42,
        null);
  }

  static CameraEvent.FrameArrived arrival(
      String camera, long sequence, double seconds, String... rig) {
    return new CameraEvent.FrameArrived(frame(camera, sequence, seconds), List.of(rig), false);
  }

  static CameraEvent.Ended end(String camera, String... rig) {
    return new CameraEvent.Ended(camera, List.of(rig), null);
  }

  static CameraEvent.Silent silent(String camera, double untilSeconds) {
    return new CameraEvent.Silent(camera, Math.round(untilSeconds * 1e9), null);
  }

  /** A camera's frames, so many a second, with its end. */
  static List<CameraEvent> stream(
      String camera, int frames, double period, double offset, String... rig) {
    List<CameraEvent> events = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      events.add(arrival(camera, i, offset + i * period, rig));
    }
    events.add(end(camera, rig));
    return events;
  }

  /** The streams in some interleaving that keeps each camera's order. */
  static List<CameraEvent> interleaved(List<List<CameraEvent>> streams, long seed) {
    List<Integer> turns = new ArrayList<>();
    for (int i = 0; i < streams.size(); i++) {
      turns.addAll(Collections.nCopies(streams.get(i).size(), i));
    }
    Collections.shuffle(turns, new Random(seed));
    int[] next = new int[streams.size()];
    return turns.stream().map(turn -> streams.get(turn).get(next[turn]++)).toList();
  }
}
