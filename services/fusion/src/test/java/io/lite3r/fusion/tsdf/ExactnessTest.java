package io.lite3r.fusion.tsdf;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExactnessTest {
  private static final double VOXEL = 0.02;

  private static Volume fuse(List<ObservedView> views, int threads) {
    Volume volume = new Volume(VOXEL, 4);
    try (Parallel parallel = new Parallel(threads)) {
      Integrator integrator = new Integrator(parallel);
      views.forEach(view -> integrator.integrate(volume, List.of(view)));
    }
    return volume;
  }

  private static String digest(Volume volume) {
    return SceneDigest.of(volume, new TreeMap<>());
  }

  @Test
  void everyOrderOfInsertionGivesTheSameDigest() {
    List<ObservedView> views = new ArrayList<>(Views.noisy(6, 1));
    String first = digest(fuse(views, 1));
    Random random = new Random(2);
    for (int i = 0; i < 4; i++) {
      Collections.shuffle(views, random);
      assertThat(digest(fuse(views, 1))).isEqualTo(first);
    }
  }

  @Test
  void everyNumberOfThreadsGivesTheSameDigest() {
    List<ObservedView> views = Views.noisy(4, 3);
    String one = digest(fuse(views, 1));
    assertThat(digest(fuse(views, 2))).isEqualTo(one);
    assertThat(digest(fuse(views, 4))).isEqualTo(one);
  }

  @Test
  void oneChangedDepthPixelChangesTheDigest() {
    List<ObservedView> views = Views.noisy(1, 5);
    ObservedView view = views.getFirst();
    float[] depth = view.depth().clone();
    int pixel = 48 * 128 + 64;
    depth[pixel] += 0.01f;
    view.weightedColour()[pixel] |= 64 << 24;
    ObservedView changed =
        new ObservedView(depth, view.weightedColour(), view.intrinsics(), view.sceneFromCamera());
    assertThat(digest(fuse(List.of(changed), 1))).isNotEqualTo(digest(fuse(List.of(view), 1)));
  }

  @Test
  void oneChangedPoseChangesTheDigestEvenWhenNoVoxelDoes() {
    Volume volume = fuse(Views.noisy(1, 6), 1);
    TreeMap<Long, Sim3> poses = new TreeMap<>();
    poses.put(0L, Sim3.IDENTITY);
    String before = SceneDigest.of(volume, poses);
    poses.put(
        0L, new Sim3(Math.nextUp(1.0), Sim3.IDENTITY.rotation(), Sim3.IDENTITY.translation()));
    assertThat(SceneDigest.of(volume, poses)).isNotEqualTo(before);
  }

  @Test
  void storedAndReadBackVoxelsHaveTheSameDigest() {
    Volume volume = fuse(Views.noisy(3, 7), 1);
    Volume restored = new Volume(VOXEL, 4);
    for (TileId tile : volume.tiles()) {
      VoxelCodec.addTo(restored, VoxelCodec.write(volume, tile));
    }
    assertThat(restored.blockCount()).isPositive();
    assertThat(digest(restored)).isEqualTo(digest(volume));
  }

  @Test
  void aVolumeThatGoesOnAfterReadingBackEndsLikeOneThatNeverStopped() {
    List<ObservedView> views = Views.noisy(5, 8);
    Volume restored = new Volume(VOXEL, 4);
    Volume half = fuse(views.subList(0, 2), 1);
    half.tiles().forEach(tile -> VoxelCodec.addTo(restored, VoxelCodec.write(half, tile)));
    try (Parallel parallel = new Parallel(1)) {
      Integrator integrator = new Integrator(parallel);
      views.subList(2, 5).forEach(view -> integrator.integrate(restored, List.of(view)));
    }
    assertThat(digest(restored)).isEqualTo(digest(fuse(views, 1)));
  }

  @Test
  void sumsStayExactBeyondWhatAnIntHolds() {
    Block block = new Block(BlockKey.of(0, 0, 0));
    long expected = 0;
    for (int i = 0; i < 3 * Block.SPILL + 5; i++) {
      block.beforeObservation();
      block.recent[Block.DISTANCE] += 255 * Volume.FULL_DISTANCE;
      expected += 255 * Volume.FULL_DISTANCE;
    }
    assertThat(expected).isGreaterThan(Integer.MAX_VALUE);
    assertThat(block.total(Block.DISTANCE)).isEqualTo(expected);
  }

  @Test
  void blockKeysKeepPlaceAndOrder() {
    Random random = new Random(9);
    for (int i = 0; i < 1000; i++) {
      int x = random.nextInt(-BlockKey.LIMIT, BlockKey.LIMIT);
      int y = random.nextInt(-BlockKey.LIMIT, BlockKey.LIMIT);
      int z = random.nextInt(-BlockKey.LIMIT, BlockKey.LIMIT);
      long key = BlockKey.of(x, y, z);
      assertThat(List.of(BlockKey.x(key), BlockKey.y(key), BlockKey.z(key)))
          .containsExactly(x, y, z);
    }
    assertThat(BlockKey.of(-5, 0, 0)).isLessThan(BlockKey.of(-4, -9, -9));
    assertThat(BlockKey.inRange(BlockKey.LIMIT, 0, 0)).isFalse();
    assertThat(BlockKey.inRange(0, -BlockKey.LIMIT - 1, 0)).isFalse();
  }
}
