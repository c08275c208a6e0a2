package io.lite3r.windowing.edge;

import io.lite3r.schemas.v1.CameraEnd;
import io.lite3r.schemas.v1.CameraIdle;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.windowing.CameraEvent;
import io.lite3r.windowing.FrameRef;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code frames} as an event of one capture.
 *
 * @param frame the frame itself when the event is one
 */
record FrameEvents(String scene, String capture, CameraEvent event, @Nullable Frame frame) {
  /** Tag and length that a view's bytes get inside a window. */
  private static final int FIELD_OVERHEAD = 8;

  private static final long LATEST_NS = 9_000_000_000L * 1_000_000_000L;

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException when it is no event, or one without identity
   */
  static FrameEvents of(FrameRecord record, @Nullable String traceparent) {
    return switch (record.getEventCase()) {
      case FRAME -> frame(record.getFrame(), traceparent);
      case IDLE -> {
        CameraIdle idle = record.getIdle();
        yield new FrameEvents(
            named("scene", idle.getScene()),
            named("capture", idle.getCapture()),
            new CameraEvent.Silent(
                named("camera", idle.getCamera()),
                time(idle.getSilentUntilNs()),
                idle.hasNoticedAfter() ? idle.getNoticedAfter() : null),
            null);
      }
      case END -> {
        CameraEnd end = record.getEnd();
        yield new FrameEvents(
            named("scene", end.getScene()),
            named("capture", end.getCapture()),
            new CameraEvent.Ended(
                named("camera", end.getCamera()),
                end.getRigCamerasList(),
                end.hasNoticedAfter() ? end.getNoticedAfter() : null),
            null);
      }
      case EVENT_NOT_SET ->
          throw new IllegalArgumentException("the record holds neither frame, idle nor end");
    };
  }

  private static FrameEvents frame(Frame frame, @Nullable String traceparent) {
    FrameId id = frame.getId();
    if (id.getSequence() < 0) {
      throw new IllegalArgumentException("the frame's sequence is negative: " + id.getSequence());
    }
    if (frame.getView().getJpeg().isEmpty()) {
      throw new IllegalArgumentException("the frame has no view");
    }
    FrameRef ref =
        new FrameRef(
            named("camera", id.getCamera()),
            id.getSequence(),
            time(frame.getCaptureTimeNs()),
            frame.getSerializedSize() + FIELD_OVERHEAD,
            HexFormat.of().formatHex(frame.getContentSha256().toByteArray()),
            frame.getAcceptedAtNs(),
            traceparent);
    return new FrameEvents(
        named("scene", id.getScene()),
        named("capture", id.getCapture()),
        new CameraEvent.FrameArrived(ref, frame.getRigCamerasList(), frame.getLive()),
        frame);
  }

  /** A time that leaves room to add tolerances to; the year 2255 is late enough. */
  private static long time(long ns) {
    if (ns < 0 || ns > LATEST_NS) {
      throw new IllegalArgumentException(
          "a stream time of %d ns is outside 0 to %d".formatted(ns, LATEST_NS));
    }
    return ns;
  }

  private static String named(String what, String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the record names no " + what);
    }
    return name;
  }
}
