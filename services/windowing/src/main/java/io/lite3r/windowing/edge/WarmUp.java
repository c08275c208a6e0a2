package io.lite3r.windowing.edge;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.View;
import io.lite3r.windowing.AssemblyCodec;
import io.lite3r.windowing.CaptureAssembly;
import io.lite3r.windowing.Decision;
import io.lite3r.windowing.WindowingRules;
import java.util.List;

/**
 * Cuts a capture that nobody sent into windows, in memory, so that classes are loaded before a
 * camera waits for them. No topic, no store, no metric sees it.
 */
final class WarmUp {
  private static final String SCENE = "nowhere";
  private static final String CAPTURE = "never";
  private static final String CAMERA = "none";

  /** As many as make two windows; a view is about as large as a real one. */
  private static final int MOST_FRAMES = 64;

  private static final byte[] VIEW = new byte[60_000];

  private WarmUp() {}

  /** Returns how many windows closed. */
  static int run(WindowingRules rules) {
    byte[] state = AssemblyCodec.encode(new CaptureAssembly(SCENE, CAPTURE));
    int windows = 0;
    int needed = 2 * rules.views();
    for (int i = 0; i < Math.min(needed, MOST_FRAMES); i++) {
      FrameEvents event = event(i, Math.max(1, rules.interval().toNanos()));
      CaptureAssembly assembly = AssemblyCodec.decode(SCENE, CAPTURE, state);
      for (Decision decision : assembly.accept(event.event(), rules, windows)) {
        if (decision instanceof Decision.WindowClosed closed && window(closed, rules) > 0) {
          windows++;
        }
      }
      state = AssemblyCodec.encode(assembly);
    }
    return windows;
  }

  private static FrameEvents event(int i, long stepNs) {
    try {
      return FrameEvents.of(FrameRecord.parseFrom(record(i, stepNs)), null);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a record of our own making was refused", e);
    }
  }

  private static byte[] record(int i, long stepNs) {
    return FrameRecord.newBuilder().setFrame(frame(i, stepNs)).build().toByteArray();
  }

  private static Frame frame(long i, long stepNs) {
    return Frame.newBuilder()
        .setId(
            FrameId.newBuilder()
                .setScene(SCENE)
                .setCapture(CAPTURE)
                .setCamera(CAMERA)
                .setSequence(i))
        .setCaptureTimeNs(i * stepNs)
        .setContentSha256(ByteString.copyFrom(new byte[32]))
        .setView(View.newBuilder().setJpeg(ByteString.copyFrom(VIEW)))
        .addRigCameras(CAMERA)
        .build();
  }

  private static int window(Decision.WindowClosed closed, WindowingRules rules) {
    List<byte[]> frames =
        closed.frames().stream().map(ref -> frame(ref.sequence(), 1).toByteArray()).toList();
    return WindowRecords.window(SCENE, CAPTURE, closed, frames, rules.version(), 1)
        .toByteArray()
        .length;
  }
}
