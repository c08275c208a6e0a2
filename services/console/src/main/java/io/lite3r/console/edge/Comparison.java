package io.lite3r.console.edge;

import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.scene.WindowList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What has changed from one version of a scene to another.
 *
 * @param sameContent their digests are equal: the same windows at the same places in the same
 *     voxels
 */
record Comparison(
    String scene,
    long from,
    long to,
    boolean sameContent,
    Tiles tiles,
    Windows windows,
    Frames frames) {

  /**
   * Tiles by id; a tile has changed when its bytes are others.
   *
   * @param same how many have not
   */
  record Tiles(List<String> added, List<String> removed, List<String> changed, int same) {}

  /** Fused windows by number. */
  record Windows(List<Long> added, List<Long> removed, List<Move> moved, int same) {}

  /**
   * A window that lies elsewhere.
   *
   * @param distance between its submap's origins, scene units
   * @param degrees that it was turned by
   * @param scale its size over the size it had
   */
  record Move(long window, double distance, double degrees, double scale) {}

  /** Fused frames, {@code capture/camera/sequence}. */
  record Frames(List<String> added, List<String> removed, int same) {}

  static Comparison of(
      SceneManifest from,
      List<WindowList> fromWindows,
      SceneManifest to,
      List<WindowList> toWindows) {
    return new Comparison(
        to.scene(),
        from.version(),
        to.version(),
        from.digest().equals(to.digest()),
        tiles(tiles(from), tiles(to)),
        windows(places(fromWindows), places(toWindows)),
        frames(frames(fromWindows), frames(toWindows)));
  }

  private static Map<String, String> tiles(SceneManifest manifest) {
    Map<String, String> tiles = new TreeMap<>();
    manifest.tiles().forEach(tile -> tiles.put(tile.id(), tile.mesh().sha256()));
    return tiles;
  }

  private static Tiles tiles(Map<String, String> from, Map<String, String> to) {
    List<String> changed =
        from.entrySet().stream()
            .filter(e -> to.containsKey(e.getKey()) && !e.getValue().equals(to.get(e.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    List<String> removed = without(from.keySet(), to.keySet());
    return new Tiles(
        without(to.keySet(), from.keySet()),
        removed,
        changed,
        from.size() - removed.size() - changed.size());
  }

  private static Map<Long, Sim3> places(List<WindowList> lists) {
    Map<Long, Sim3> places = new TreeMap<>();
    for (WindowList list : lists) {
      for (WindowEntry window : list.windows()) {
        Sim3 place = window.sceneFromSubmap();
        if (window.status() == WindowStatus.FUSED && place != null) {
          places.put(window.number(), place);
        }
      }
    }
    return places;
  }

  private static Windows windows(Map<Long, Sim3> from, Map<Long, Sim3> to) {
    List<Move> moved = new ArrayList<>();
    from.forEach(
        (number, was) -> {
          Sim3 is = to.get(number);
          if (is != null && !is.equals(was)) {
            moved.add(move(number, was, is));
          }
        });
    List<Long> removed = without(from.keySet(), to.keySet());
    return new Windows(
        without(to.keySet(), from.keySet()),
        removed,
        moved,
        from.size() - removed.size() - moved.size());
  }

  private static Move move(long number, Sim3 was, Sim3 is) {
    return new Move(
        number,
        is.translation().minus(was.translation()).norm(),
        Math.toDegrees(is.rotation().times(was.rotation().inverse()).angle()),
        is.scale() / was.scale());
  }

  private static Set<String> frames(List<WindowList> lists) {
    Set<String> frames = new TreeSet<>();
    for (WindowList list : lists) {
      for (WindowEntry window : list.windows()) {
        for (FrameEntry frame : window.frames()) {
          if (frame.best()) {
            frames.add(window.capture() + "/" + frame.camera() + "/" + frame.sequence());
          }
        }
      }
    }
    return frames;
  }

  private static Frames frames(Set<String> from, Set<String> to) {
    List<String> removed = without(from, to);
    return new Frames(without(to, from), removed, from.size() - removed.size());
  }

  private static <T> List<T> without(Set<T> all, Set<T> others) {
    return all.stream().filter(each -> !others.contains(each)).toList();
  }
}
