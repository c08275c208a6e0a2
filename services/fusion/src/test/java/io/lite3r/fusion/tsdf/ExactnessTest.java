package io.lite3r.fusion.tsdf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.fusion.mesh.PlyWriter;
import io.lite3r.fusion.mesh.SurfaceNets;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
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
  void weighingOnAnyNumberOfThreadsGivesTheSameDigest() {
    Random random = new Random(16);
    List<SubmapView> window = new ArrayList<>();
    for (int v = 0; v < 3; v++) {
      float[] depth = new float[Views.CAMERA.width() * Views.CAMERA.height()];
      float[] confidence = new float[depth.length];
      byte[] rgb = new byte[3 * depth.length];
      random.nextBytes(rgb);
      for (int i = 0; i < depth.length; i++) {
        depth[i] = random.nextInt(9) == 0 ? 0 : 2 + 0.01f * random.nextFloat();
        confidence[i] = 1 + random.nextFloat();
      }
      window.add(
          new SubmapView(
              depth,
              confidence,
              rgb,
              Views.CAMERA,
              new Rigid3(Rotation.IDENTITY, new Vector3(0.1 * v, 0, 0))));
    }
    Set<String> digests = new HashSet<>();
    for (DepthGate gate : List.of(DepthGate.SERVED, DepthGate.OPEN)) {
      for (int threads : new int[] {1, 2, 4}) {
        Volume volume = new Volume(VOXEL, 4);
        try (Parallel parallel = new Parallel(threads)) {
          Integrator integrator = new Integrator(parallel);
          integrator.integrate(volume, integrator.observe(gate, window, Sim3.IDENTITY));
        }
        digests.add(digest(volume));
      }
    }
    assertThat(digests).as("one for each gate").hasSize(2);
  }

  @Test
  void everyOrderOfWindowsOnAnyNumberOfThreadsGivesTheSameDigest() {
    List<ObservedView> views = Views.noisy(9, 11);
    List<List<ObservedView>> windows =
        new ArrayList<>(List.of(views.subList(0, 3), views.subList(3, 6), views.subList(6, 9)));
    Set<String> digests = new HashSet<>();
    Random random = new Random(12);
    for (int threads : new int[] {1, 2, 4}) {
      Volume volume = new Volume(VOXEL, 4);
      try (Parallel parallel = new Parallel(threads)) {
        Integrator integrator = new Integrator(parallel);
        windows.forEach(window -> integrator.integrate(volume, window));
      }
      digests.add(digest(volume));
      Collections.shuffle(windows, random);
    }
    assertThat(digests).hasSize(1);
  }

  @Test
  void aWindowThatWasTakenOutLeavesNoTraceAndMayComeBack() {
    List<ObservedView> views = Views.noisy(4, 13);
    String without = digest(fuse(views.subList(0, 2), 1));
    String with = digest(fuse(views, 1));
    Volume volume = fuse(views.subList(0, 2), 1);
    try (Parallel parallel = new Parallel(2)) {
      Integrator integrator = new Integrator(parallel);
      for (int i = 0; i < 2; i++) {
        integrator.integrate(volume, List.of(views.get(3)));
        integrator.integrate(volume, List.of(views.get(2)));
        assertThat(digest(volume)).isEqualTo(with);
        integrator.remove(volume, List.of(views.get(3)));
        integrator.remove(volume, List.of(views.get(2)));
        assertThat(digest(volume)).isEqualTo(without);
      }
    }
  }

  @Test
  void aBlockThatAViewSaysNothingOfDoesNotChange() {
    Volume volume = fuse(Views.noisy(1, 14), 1);
    volume.takeChangedTiles();
    volume.takeUnsavedTiles();
    try (Parallel parallel = new Parallel(1)) {
      ObservedView blank =
          new ObservedView(
              new long[Views.CAMERA.width() * Views.CAMERA.height()],
              Views.CAMERA,
              Rigid3.IDENTITY);
      new Integrator(parallel).integrate(volume, List.of(blank));
    }
    assertThat(volume.takeChangedTiles()).isEmpty();
    assertThat(volume.takeUnsavedTiles()).isEmpty();
  }

  @Test
  void aVolumeThatDoesNotFitIntoMemoryIsTheSameVolume() {
    List<ObservedView> views = Views.noisy(5, 15);
    Volume whole = fuse(views, 1);
    Kept kept = new Kept();
    long budget = whole.bytes() / 5;
    Volume small;
    try (Parallel parallel = new Parallel(2)) {
      Integrator integrator = new Integrator(parallel, new VolumeMemory(budget, kept));
      small = integrator.newVolume(VOXEL, 4);
      for (ObservedView view : views) {
        integrator.integrate(small, List.of(view));
        assertThat(small.bytes()).isLessThanOrEqualTo(budget);
      }
      integrator.integrate(small, List.of(views.get(1)));
      integrator.remove(small, List.of(views.get(1)));
    }
    assertThat(kept.tiles).isNotEmpty();
    assertThat(digest(small)).isEqualTo(digest(whole));
    assertThat(small.bytes()).isLessThanOrEqualTo(budget);
    assertThat(small.takeUnsavedTiles()).isEqualTo(whole.takeUnsavedTiles());
    List<TileId> changed = small.takeChangedTiles();
    assertThat(changed).isEqualTo(whole.takeChangedTiles());
    for (TileId tile : changed) {
      assertThat(VoxelCodec.write(small, tile)).isEqualTo(VoxelCodec.write(whole, tile));
      assertThat(PlyWriter.write(SurfaceNets.extract(small, tile)))
          .isEqualTo(PlyWriter.write(SurfaceNets.extract(whole, tile)));
    }
  }

  /** Tiles that are laid down, in a map. */
  private static final class Kept implements ColdTiles {
    final Map<TileId, byte[]> tiles = new HashMap<>();
    final List<TileId> given = new ArrayList<>();

    @Override
    public void put(SortedMap<TileId, byte[]> voxels) {
      tiles.putAll(voxels);
    }

    @Override
    public List<byte[]> get(List<TileId> wanted) {
      given.addAll(wanted);
      return wanted.stream().map(tiles::get).toList();
    }
  }

  @Test
  void oneChangedDepthPixelChangesTheDigest() {
    List<ObservedView> views = Views.noisy(1, 5);
    ObservedView view = views.getFirst();
    int at = 48 * 128 + 64;
    view.pixels()[at] |= 64 << 24;
    long[] pixels = view.pixels().clone();
    pixels[at] = ObservedView.pixel(ObservedView.depth(pixels[at]) + 0.01f, (int) pixels[at]);
    ObservedView changed = new ObservedView(pixels, view.intrinsics(), view.sceneFromCamera());
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
    Kept kept = new Kept();
    Volume restored = restored(volume, kept);
    assertThat(digest(restored)).isEqualTo(digest(volume));
    assertThat(kept.given).as("tiles that were read for the digest").isEmpty();
    // The digest is made of the same bytes: what they left out it would not miss.
    int coloured = 0;
    for (int z = 80; z < 130; z++) {
      for (int y = -16; y < 16; y++) {
        for (int x = -16; x < 16; x++) {
          Volume.Voxel voxel = volume.voxel(x, y, z);
          Volume.Voxel read = restored.voxel(x, y, z);
          if (voxel != null && voxel.weight() > 0) {
            assertThat(read).isEqualTo(voxel);
            coloured += voxel.blue() > 0 ? 1 : 0;
          }
        }
      }
    }
    assertThat(coloured).isPositive();
    assertThat(kept.given).isNotEmpty().doesNotHaveDuplicates();
    assertThat(restored.takeUnsavedTiles()).isEmpty();
  }

  @Test
  void aTileWhoseDigestNobodyKnowsIsReadForIt() {
    Volume volume = fuse(Views.noisy(2, 7), 1);
    Kept kept = new Kept();
    Volume restored = new Volume(VOXEL, 4, new VolumeMemory(Long.MAX_VALUE, kept));
    for (TileId tile : volume.tiles()) {
      kept.tiles.put(tile, VoxelCodec.write(volume, tile));
      restored.restore(tile, null);
    }
    assertThat(kept.given).isEqualTo(volume.tiles());
    assertThat(digest(restored)).isEqualTo(digest(volume));
  }

  @Test
  void whatIsThereAlreadyIsNotRestoredOverIt() {
    Volume volume = restored(fuse(Views.noisy(1, 6), 1), new Kept());
    assertThatThrownBy(() -> volume.restore(volume.tiles().getFirst(), new byte[32]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("restore into an empty volume");
  }

  /** A volume that has been stored and is opened again. */
  private static Volume restored(Volume stored, Kept kept) {
    Volume restored = new Volume(VOXEL, 4, new VolumeMemory(Long.MAX_VALUE, kept));
    for (TileId tile : stored.tiles()) {
      kept.tiles.put(tile, VoxelCodec.write(stored, tile));
      restored.restore(tile, SceneDigest.ofTile(stored, tile));
    }
    return restored;
  }

  @Test
  void aVolumeThatGoesOnAfterReadingBackEndsLikeOneThatNeverStopped() {
    List<ObservedView> views = Views.noisy(5, 8);
    Kept kept = new Kept();
    Volume restored = restored(fuse(views.subList(0, 2), 1), kept);
    try (Parallel parallel = new Parallel(2)) {
      Integrator integrator = new Integrator(parallel);
      views.subList(2, 5).forEach(view -> integrator.integrate(restored, List.of(view)));
    }
    assertThat(digest(restored)).isEqualTo(digest(fuse(views, 1)));
    assertThat(kept.given).as("each tile is read once").doesNotHaveDuplicates();
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
