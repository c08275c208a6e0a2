package io.lite3r.reconstruction.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An engine as it is kept: 64 characters of SHA-256 over all that follows, the length of the key's
 * text as four bytes (big endian), the text, the engine. A kept engine is believed only when it is
 * whole and says itself that it is the one asked for.
 */
final class EngineEntry {
  private static final int DIGEST = 64;

  private EngineEntry() {}

  static byte[] encode(EngineKey key, byte[] engine) {
    byte[] text = key.text().getBytes(UTF_8);
    ByteBuffer entry =
        ByteBuffer.allocate(DIGEST + Integer.BYTES + text.length + engine.length)
            .position(DIGEST)
            .putInt(text.length)
            .put(text)
            .put(engine);
    byte[] digest = digest(entry.array()).getBytes(US_ASCII);
    return entry.rewind().put(digest).array();
  }

  /** The engine, or empty when the bytes are not what was written for that key. */
  static Optional<byte[]> decode(byte[] entry, EngineKey key) {
    byte[] text = key.text().getBytes(UTF_8);
    int header = DIGEST + Integer.BYTES + text.length;
    if (entry.length < header) {
      return Optional.empty();
    }
    int at = DIGEST + Integer.BYTES;
    if (ByteBuffer.wrap(entry).getInt(DIGEST) != text.length
        || !Arrays.equals(text, 0, text.length, entry, at, header)
        || !digest(entry).equals(new String(entry, 0, DIGEST, US_ASCII))) {
      return Optional.empty();
    }
    // An engine may be most of a gigabyte: this is the only copy that is made of it.
    return Optional.of(Arrays.copyOfRange(entry, header, entry.length));
  }

  /** Of all that follows the digest's place, lower-case hex. */
  private static String digest(byte[] entry) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(entry, DIGEST, entry.length - DIGEST);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
