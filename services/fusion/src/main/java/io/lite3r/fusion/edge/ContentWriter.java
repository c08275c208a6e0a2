package io.lite3r.fusion.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes objects whose key is derived from their bytes: the same bytes are written once. */
final class ContentWriter {
  private final ObjectStore objects;

  ContentWriter(ObjectStore objects) {
    this.objects = objects;
  }

  ObjectRef put(UnaryOperator<String> keyOfSha256, byte[] bytes, String mediaType) {
    return put(keyOfSha256, bytes, mediaType, null);
  }

  /**
   * @param before what stands there now; spared the writing when it is the same
   */
  ObjectRef put(
      UnaryOperator<String> keyOfSha256,
      byte[] bytes,
      String mediaType,
      @Nullable ObjectRef before) {
    String sha256 = sha256(bytes);
    ObjectRef ref = new ObjectRef(keyOfSha256.apply(sha256), bytes.length, sha256, mediaType);
    if (!ref.equals(before)) {
      objects.putIfAbsent(ref.key(), bytes, mediaType);
    }
    return ref;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
