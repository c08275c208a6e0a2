package io.lite3r.fusion.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.fusion.tsdf.VolumeMemory;
import io.lite3r.objects.ObjectStore;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a fusion that was killed takes to be where it was: its scene is opened as a new process
 * opens it, snapshot and replay apart. Opening ends with a comparison of digests; tiles that no
 * replayed window sees stay in the store.
 */
public final class ResumeBench {
  private static final long BUDGET_BYTES = 1L << 30;

  private ResumeBench() {}

  /**
   * Prints one JSON line for each repetition.
   *
   * @throws IllegalStateException when the store has no such scene
   */
  public static void run(
      ObjectStore objects, String scene, int threads, int repetitions, PrintStream out)
      throws IOException {
    try (Parallel parallel = new Parallel(threads)) {
      for (int i = 0; i < repetitions; i++) {
        long start = System.nanoTime();
        SceneStore store =
            new SceneStore(objects, scene, parallel, 32, new Retention(100, Duration.ofHours(1)));
        FusedScene loaded =
            store.load(
                FusionRules.SERVED.withLoops(LoopRules.SERVED),
                new Integrator(parallel, new VolumeMemory(BUDGET_BYTES, store.coldTiles())));
        long total = System.nanoTime() - start;
        Volume volume = loaded.volume();
        if (volume == null) {
          throw new IllegalStateException("the store holds no scene %s".formatted(scene));
        }
        StoredVolume.Resumption resumption = store.resumption();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("bench", "resume");
        line.put("scene", scene);
        line.put("version", loaded.version());
        line.put("windows", loaded.windows().size());
        line.put("tiles", volume.tiles().size());
        line.put("blocks_read", volume.blockCount());
        line.put("threads", threads);
        line.put("seconds", seconds(total));
        line.put("without_replay_s", seconds(total - resumption.replayNs()));
        line.put("snapshot_s", seconds(resumption.snapshotNs()));
        line.put("replayed_windows", resumption.windows());
        line.put("replay_s", seconds(resumption.replayNs()));
        out.println(new ObjectMapper().writeValueAsString(line));
      }
    }
  }

  private static double seconds(long ns) {
    return Math.round(ns / 1e6) / 1e3;
  }
}
