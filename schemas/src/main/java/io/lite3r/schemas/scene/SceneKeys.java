package io.lite3r.schemas.scene;

/** Where a scene's objects lie in the bucket. Content-addressed keys end in the bytes' SHA-256. */
public final class SceneKeys {
  public static final String HEAD_NAME = "head.json";

  private SceneKeys() {}

  /** Everything fusion writes for a scene lies under this prefix. */
  public static String prefix(String scene) {
    return "scenes/" + scene + "/";
  }

  public static String head(String scene) {
    return prefix(scene) + HEAD_NAME;
  }

  /** A version's manifest. The digest in the name keeps a version that never became head apart. */
  public static String manifest(String scene, long version, String sha256) {
    return prefix(scene) + "versions/%08d-%s.json".formatted(version, sha256.substring(0, 16));
  }

  public static String tile(String scene, String sha256) {
    return prefix(scene) + "tiles/" + sha256 + ".glb";
  }

  /** A group's list of tiles. */
  public static String tileList(String scene, String sha256) {
    return prefix(scene) + "tile-lists/" + sha256 + ".json";
  }

  /**
   * A version's tileset, or the part of it that is about a group. It names what it holds by what
   * stands beside it, so they share a folder.
   */
  public static String tileset(String scene, String sha256) {
    return prefix(scene) + "tiles/" + sha256 + ".json";
  }

  public static String levels(String scene, String sha256) {
    return prefix(scene) + "levels/" + sha256 + ".json";
  }

  public static String windows(String scene, String sha256) {
    return prefix(scene) + "windows/" + sha256 + ".json";
  }

  public static String history(String scene, String sha256) {
    return prefix(scene) + "history/" + sha256 + ".json";
  }

  public static String snapshot(String scene, String sha256) {
    return prefix(scene) + "snapshots/" + sha256 + ".json";
  }

  public static String voxels(String scene, String sha256) {
    return prefix(scene) + "voxels/" + sha256;
  }

  /**
   * Voxels that the running fusion of a scene has no room for lie under this prefix. They are worth
   * nothing to anybody else and to no later fusion. Outside {@link #prefix}: no version names them.
   */
  public static String cold(String scene) {
    return "cold/" + scene + "/";
  }

  /** What remains of a deleted scene: where the numbering goes on. Outside {@link #prefix}. */
  public static String tombstone(String scene) {
    return "tombstones/" + scene + ".json";
  }
}
