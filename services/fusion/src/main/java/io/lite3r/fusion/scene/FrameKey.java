package io.lite3r.fusion.scene;

import io.lite3r.schemas.scene.FrameEntry;

/** A frame within its capture. */
record FrameKey(String camera, long sequence) {
  static FrameKey of(FrameEntry frame) {
    return new FrameKey(frame.camera(), frame.sequence());
  }

  static FrameKey of(WindowOutcome.Source source) {
    return new FrameKey(source.camera(), source.sequence());
  }
}
