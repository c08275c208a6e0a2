package io.lite3r.reconstruction.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.reconstruction.engine.EngineCache.Origin;
import io.lite3r.reconstruction.model.Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that are kept in a folder. */
class EngineFolderTest {
  private static final EngineKey KEY =
      new EngineKey("a".repeat(64), "NVIDIA H200", "10.6.0", new Bucket(378, 504), 8);

  @TempDir Path folder;
  private int built;

  private EngineCache cache() {
    return new EngineCache(
        new EngineFolder(folder), key -> "engine %d".formatted(++built).getBytes(UTF_8));
  }

  @Test
  void theNextProcessFindsWhatThisOneBuilt() {
    cache().obtain(KEY);

    assertThat(cache().obtain(KEY).origin()).isEqualTo(Origin.KEPT);
    assertThat(cache().obtain(KEY).bytes()).asString(UTF_8).isEqualTo("engine 1");
  }

  @Test
  void aFileThatIsCutShortIsReplaced() throws IOException {
    cache().obtain(KEY);
    Path file = folder.resolve(KEY.objectKey());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));

    assertThat(cache().obtain(KEY).origin()).isEqualTo(Origin.BUILT_AGAIN);
    assertThat(cache().obtain(KEY).origin()).isEqualTo(Origin.KEPT);
  }

  @Test
  void anEngineThatDoesNotLoadIsBuiltAnewAndKept() {
    cache().obtain(KEY);

    assertThat(cache().renew(KEY).origin()).isEqualTo(Origin.BUILT_AGAIN);
    assertThat(cache().obtain(KEY).bytes()).asString(UTF_8).isEqualTo("engine 2");
  }
}
