package io.lite3r.fusion.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  /**
   * Runs writes, or reads, side by side, since each waits for the store most of its time; gives
   * their results in order. Fails with the first failure once all have ended.
   */
  <T> List<T> together(List<Callable<T>> calls) {
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a call of the object store failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the object store was being asked", e);
    }
    return results;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
