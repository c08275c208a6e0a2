package io.lite3r.windowing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The name a window has wherever and whenever it is made: a hash of what it is made of. */
final class WindowId {
  private WindowId() {}

  /** SHA-256 over scene, capture, the ordered frame ids and the rules' version; lower-case hex. */
  static String of(String scene, String capture, List<FrameRef> frames, WindowingRules rules) {
    MessageDigest digest = sha256();
    text(digest, scene);
    text(digest, capture);
    number(digest, frames.size());
    for (FrameRef frame : frames) {
      text(digest, frame.camera());
      number(digest, frame.sequence());
    }
    text(digest, rules.version());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** With its length before it, so that no two lists of texts run together alike. */
  private static void text(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(digest, bytes.length);
    digest.update(bytes);
  }

  private static void number(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
