package io.lite3r.reconstruction.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.reconstruction.engine.EngineCache.Engine;
import io.lite3r.reconstruction.engine.EngineCache.Origin;
import io.lite3r.reconstruction.model.Bucket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which kept engines are believed. */
class EngineCacheTest {
  private static final EngineKey KEY =
      new EngineKey("a".repeat(64), "NVIDIA H100 80GB HBM3", "10.6.0", new Bucket(378, 504), 8);

  private final Map<String, byte[]> objects = new HashMap<>();
  private int built;

  private final EngineCache cache =
      new EngineCache(
          new EngineStorage() {
            @Override
            public Optional<Kept> find(String key) {
              return Optional.ofNullable(objects.get(key)).map(bytes -> new Kept(bytes, "state"));
            }

            @Override
            public void put(String key, byte[] bytes) {
              objects.putIfAbsent(key, bytes);
            }

            @Override
            public void replace(String key, Kept kept, byte[] bytes) {
              objects.replace(key, kept.bytes(), bytes);
            }
          },
          key -> "engine %d for %s".formatted(++built, key.text()).getBytes(UTF_8));

  @Test
  void anEngineIsBuiltOnceAndThenKept() {
    Engine first = cache.obtain(KEY);
    Engine second = cache.obtain(KEY);

    assertThat(first.origin()).isEqualTo(Origin.BUILT_FIRST);
    assertThat(second.origin()).isEqualTo(Origin.KEPT);
    assertThat(second.bytes()).isEqualTo(first.bytes());
    assertThat(built).isEqualTo(1);
  }

  @Test
  void anotherModelGpuTensorRtOrShapeIsAnotherEngine() {
    cache.obtain(KEY);
    List<EngineKey> others =
        List.of(
            new EngineKey("b".repeat(64), KEY.gpu(), KEY.tensorRt(), KEY.bucket(), 8),
            new EngineKey(KEY.modelSha256(), "NVIDIA H200", KEY.tensorRt(), KEY.bucket(), 8),
            new EngineKey(KEY.modelSha256(), KEY.gpu(), "10.15.1", KEY.bucket(), 8),
            new EngineKey(KEY.modelSha256(), KEY.gpu(), KEY.tensorRt(), new Bucket(504, 378), 8),
            new EngineKey(KEY.modelSha256(), KEY.gpu(), KEY.tensorRt(), KEY.bucket(), 16));

    assertThat(others)
        .allSatisfy(
            other -> assertThat(cache.obtain(other).origin()).isEqualTo(Origin.BUILT_FIRST));
    assertThat(objects).hasSize(1 + others.size());
  }

  @Test
  void anEntryWithAnyByteChangedIsBuiltAgainAndReplaced() {
    cache.obtain(KEY);
    int length = objects.get(KEY.objectKey()).length;
    for (int at = 0; at < length; at++) {
      byte[] damaged = objects.get(KEY.objectKey()).clone();
      damaged[at] ^= 1;
      objects.put(KEY.objectKey(), damaged);

      assertThat(cache.obtain(KEY).origin()).as("byte %d", at).isEqualTo(Origin.BUILT_AGAIN);
      assertThat(cache.obtain(KEY).origin()).as("after byte %d", at).isEqualTo(Origin.KEPT);
    }
  }

  @Test
  void anEntryThatIsCutShortIsBuiltAgain() {
    cache.obtain(KEY);
    byte[] whole = objects.get(KEY.objectKey());
    for (int length = 0; length < whole.length; length++) {
      objects.put(KEY.objectKey(), Arrays.copyOf(whole, length));

      assertThat(cache.obtain(KEY).origin()).as("%d bytes", length).isEqualTo(Origin.BUILT_AGAIN);
    }
  }

  @Test
  void aWholeEngineOfAnotherGpuUnderThisKeyIsNotBelieved() {
    EngineKey other =
        new EngineKey(KEY.modelSha256(), "NVIDIA H200", KEY.tensorRt(), KEY.bucket(), 8);
    cache.obtain(other);
    objects.put(KEY.objectKey(), objects.get(other.objectKey()));

    assertThat(cache.obtain(KEY).origin()).isEqualTo(Origin.BUILT_AGAIN);
  }
}
