package io.lite3r.reconstruction.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lite3r.reconstruction.OutcomeKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    byte[] body =
        ByteBuffer.allocate(Integer.BYTES + text.length + engine.length)
            .putInt(text.length)
            .put(text)
            .put(engine)
            .array();
    return ByteBuffer.allocate(DIGEST + body.length)
        .put(OutcomeKey.sha256(body).getBytes(US_ASCII))
        .put(body)
        .array();
  }

  /** The engine, or empty when the bytes are not what was written for that key. */
  static Optional<byte[]> decode(byte[] entry, EngineKey key) {
    byte[] text = key.text().getBytes(UTF_8);
    int header = DIGEST + Integer.BYTES + text.length;
    if (entry.length < header) {
      return Optional.empty();
    }
    byte[] body = new byte[entry.length - DIGEST];
    byte[] digest = new byte[DIGEST];
    ByteBuffer.wrap(entry).get(digest).get(body);
    if (!OutcomeKey.sha256(body).equals(new String(digest, US_ASCII))) {
      return Optional.empty();
    }
    ByteBuffer rest = ByteBuffer.wrap(body);
    byte[] itsText = new byte[text.length];
    if (rest.getInt() != text.length) {
      return Optional.empty();
    }
    rest.get(itsText);
    if (!Arrays.equals(text, itsText)) {
      return Optional.empty();
    }
    byte[] engine = new byte[rest.remaining()];
    rest.get(engine);
    return Optional.of(engine);
  }
}
