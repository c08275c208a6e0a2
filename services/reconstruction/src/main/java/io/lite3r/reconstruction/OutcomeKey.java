package io.lite3r.reconstruction;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name of an outcome: the window, the very model, and the reading of its contract. The same
 * window and model find what is already done; a new model never does.
 */
public final class OutcomeKey {
  private OutcomeKey() {}

  /** Lower-case hex, 64 characters. */
  public static String of(String windowId, String modelSha256, String contractVersion) {
    return sha256((windowId + "\n" + modelSha256 + "\n" + contractVersion).getBytes(UTF_8));
  }

  /** SHA-256 in lower-case hex. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
