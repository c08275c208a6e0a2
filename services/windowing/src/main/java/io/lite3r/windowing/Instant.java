package io.lite3r.windowing;

import java.util.List;

/** Frames of different cameras at the same time, by camera name. */
record Instant(List<FrameRef> frames) {
  Instant {
    frames = List.copyOf(frames);
  }

  long sizeBytes() {
    return frames.stream().mapToLong(FrameRef::sizeBytes).sum();
  }

  long earliestNs() {
    return frames.stream().mapToLong(FrameRef::timeNs).min().orElse(Long.MAX_VALUE);
  }

  long latestNs() {
    return frames.stream().mapToLong(FrameRef::timeNs).max().orElse(Long.MIN_VALUE);
  }

  long skewNs() {
    return frames.isEmpty() ? 0 : latestNs() - earliestNs();
  }
}
