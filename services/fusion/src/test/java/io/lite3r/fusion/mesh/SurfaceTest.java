package io.lite3r.fusion.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.ObservedView;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Views;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SurfaceTest {
  private static final double VOXEL = 0.02;

  private static Volume fuse(List<ObservedView> views) {
    Volume volume = new Volume(VOXEL, 4);
    try (Parallel parallel = new Parallel(1)) {
      new Integrator(parallel).integrate(volume, views);
    }
    return volume;
  }

  private static Mesh surface(Volume volume) {
    Mesh all = new Mesh();
    volume.takeChangedTiles().forEach(tile -> all.addAll(SurfaceNets.extract(volume, tile)));
    return all;
  }

  @Test
  void aFusedWallIsFlatWithinHalfAVoxelAndHasItsColour() {
    Rotation turned = Rotation.exp(new Vector3(0.2, -0.3, 0.1));
    Mesh wall =
        surface(
            fuse(
                List.of(
                    Views.wall(Rigid3.IDENTITY, 2, 64),
                    Views.wall(new Rigid3(turned, new Vector3(0.4, 0.1, 0.2)), 2, 64))));
    assertThat(wall.triangles()).isGreaterThan(5000);
    for (int v = 0; v < wall.vertices(); v++) {
      assertThat(wall.position(v, 2)).isCloseTo(2f, within((float) VOXEL / 2));
      assertThat(wall.normal(v, 2)).isLessThan(-0.9f);
      assertThat(List.of(wall.colour(v, 0), wall.colour(v, 1), wall.colour(v, 2)))
          .containsExactly(200, 100, 50);
    }
  }

  @Test
  void aSphereSeenFromAllAroundIsRoundAndItsTrianglesFaceOutwards() {
    Mesh sphere = surface(fuse(Views.sphere(0.5, 2, 8)));
    assertThat(sphere.triangles()).isGreaterThan(2000);
    for (int v = 0; v < sphere.vertices(); v++) {
      double r =
          Math.sqrt(
              sphere.position(v, 0) * sphere.position(v, 0)
                  + sphere.position(v, 1) * sphere.position(v, 1)
                  + sphere.position(v, 2) * sphere.position(v, 2));
      assertThat(r).isCloseTo(0.5, within(1.5 * VOXEL));
    }
    int outwards = 0;
    for (int t = 0; t < sphere.triangles(); t++) {
      Vector3 a = vertex(sphere, sphere.index(t, 0));
      Vector3 b = vertex(sphere, sphere.index(t, 1));
      Vector3 c = vertex(sphere, sphere.index(t, 2));
      if (b.minus(a).cross(c.minus(a)).dot(a) >= 0) {
        outwards++;
      }
    }
    assertThat(outwards).isGreaterThan((int) (0.99 * sphere.triangles()));
  }

  @Test
  void tilesMeetWithoutACrack() {
    // A wall that crosses a tile border: every edge that only one triangle uses must lie on the
    // wall's own rim, none along x = 64 voxels.
    Volume volume = fuse(List.of(Views.wall(Rigid3.IDENTITY, 2, 64)));
    Map<Set<List<Float>>, Integer> uses = new HashMap<>();
    Mesh wall = surface(volume);
    for (int t = 0; t < wall.triangles(); t++) {
      for (int c = 0; c < 3; c++) {
        Set<List<Float>> edge =
            Set.of(place(wall, wall.index(t, c)), place(wall, wall.index(t, (c + 1) % 3)));
        uses.merge(edge, 1, Integer::sum);
      }
    }
    float border = (float) (TileId.VOXELS * VOXEL);
    float top = 0;
    float bottom = 0;
    for (int v = 0; v < wall.vertices(); v++) {
      top = Math.max(top, wall.position(v, 1));
      bottom = Math.min(bottom, wall.position(v, 1));
    }
    int cracks = 0;
    for (Map.Entry<Set<List<Float>>, Integer> entry : uses.entrySet()) {
      for (List<Float> end : entry.getKey()) {
        if (entry.getValue() == 1
            && Math.abs(Math.abs(end.get(0)) % border) < 2 * VOXEL
            && Math.abs(end.get(0)) < border / 2
            && end.get(1) < top - 3 * VOXEL
            && end.get(1) > bottom + 3 * VOXEL) {
          cracks++;
        }
      }
    }
    assertThat(new TreeSet<>(volume.tiles()).size()).isGreaterThan(1);
    assertThat(cracks).isZero();
  }

  @Test
  void oneWeakPixelMakesNoSurfaceAndOneUsualViewDoes() {
    assertThat(surface(fuse(List.of(Views.wall(Rigid3.IDENTITY, 2, 5)))).triangles()).isZero();
    assertThat(surface(fuse(List.of(Views.wall(Rigid3.IDENTITY, 2, 64)))).triangles()).isPositive();
  }

  @Test
  void aViewThatSeesThroughASurfaceOfItsWindowCarvesIt() {
    // A weak view believes in a wall at 1.95, four strong ones see past it to 2.0.
    ObservedView weak = Views.wall(Rigid3.IDENTITY, 1.9, 45);
    ObservedView strong = Views.wall(Rigid3.IDENTITY, 2, 255);
    Mesh both = surface(fuse(List.of(weak, strong, strong)));
    for (int v = 0; v < both.vertices(); v++) {
      assertThat(both.position(v, 2)).isGreaterThan(1.95f);
    }
  }

  @Test
  void onlyTilesNearAChangeAreMeshedAgain() {
    Volume volume = fuse(List.of(Views.wall(Rigid3.IDENTITY, 2, 64)));
    int all = volume.takeChangedTiles().size();
    assertThat(volume.takeChangedTiles()).isEmpty();
    try (Parallel parallel = new Parallel(1)) {
      ObservedView far = Views.wall(new Rigid3(Rotation.IDENTITY, new Vector3(40, 0, 0)), 2, 64);
      new Integrator(parallel).integrate(volume, List.of(far));
    }
    assertThat(volume.takeChangedTiles()).hasSizeBetween(1, 2 * all).allMatch(t -> t.x() > 20);
  }

  @Test
  void aPlyReadsBack() {
    Mesh wall = surface(fuse(List.of(Views.wall(Rigid3.IDENTITY, 2, 64))));
    byte[] ply = PlyWriter.write(wall);
    String text = new String(ply, StandardCharsets.ISO_8859_1);
    int body = text.indexOf("end_header\n") + "end_header\n".length();
    assertThat(text).contains("element vertex " + wall.vertices() + "\n");
    assertThat(text).contains("element face " + wall.triangles() + "\n");
    ByteBuffer in =
        ByteBuffer.wrap(ply, body, ply.length - body).slice().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(in.remaining()).isEqualTo(27 * wall.vertices() + 13 * wall.triangles());
    int last = wall.vertices() - 1;
    assertThat(in.getFloat(27 * last + 8)).isEqualTo(wall.position(last, 2));
    assertThat(in.get(27 * last + 24) & 255).isEqualTo(wall.colour(last, 0));
    int face = 27 * wall.vertices() + 13 * (wall.triangles() - 1);
    assertThat(in.get(face)).isEqualTo((byte) 3);
    assertThat(in.getInt(face + 9)).isEqualTo(wall.index(wall.triangles() - 1, 2));
  }

  @Test
  void aGlbReadsBack() {
    Mesh wall = surface(fuse(List.of(Views.wall(Rigid3.IDENTITY, 2, 64))));
    ByteBuffer glb = ByteBuffer.wrap(GlbWriter.write(wall)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(glb.getInt(0)).isEqualTo(0x46546c67);
    assertThat(glb.getInt(4)).isEqualTo(2);
    assertThat(glb.getInt(8)).isEqualTo(glb.capacity());
    int jsonLength = glb.getInt(12);
    assertThat(jsonLength % 4).isZero();
    int bin = 20 + jsonLength + 8;
    assertThat(glb.getInt(bin - 8)).isEqualTo(glb.capacity() - bin);
    int last = wall.vertices() - 1;
    assertThat(glb.getFloat(bin + 12 * last)).isEqualTo(wall.position(last, 0));
    int indices = bin + 32 * wall.vertices();
    assertThat(glb.getInt(indices + 4)).isEqualTo(wall.index(0, 1));
    String json = new String(glb.array(), 20, jsonLength, StandardCharsets.UTF_8);
    assertThat(json).contains("\"count\":" + 3 * wall.triangles());
  }

  private static Vector3 vertex(Mesh mesh, int v) {
    return new Vector3(mesh.position(v, 0), mesh.position(v, 1), mesh.position(v, 2));
  }

  private static List<Float> place(Mesh mesh, int v) {
    return List.of(mesh.position(v, 0), mesh.position(v, 1), mesh.position(v, 2));
  }
}
