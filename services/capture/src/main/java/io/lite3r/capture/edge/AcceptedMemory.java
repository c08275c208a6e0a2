package io.lite3r.capture.edge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last accepted frames and their hashes, so that a repeat is answered without publishing it
 * again. What it has forgotten is published once more, and windowing knows it as a duplicate.
 */
final class AcceptedMemory {
  private static final int CAPACITY = 65_536;

  private final Map<String, String> hashes = new LinkedHashMap<>();

  synchronized @Nullable String hash(String frame) {
    return hashes.get(frame);
  }

  synchronized void remember(String frame, String hash) {
    hashes.put(frame, hash);
    if (hashes.size() > CAPACITY) {
      hashes.remove(hashes.keySet().iterator().next());
    }
  }
}
