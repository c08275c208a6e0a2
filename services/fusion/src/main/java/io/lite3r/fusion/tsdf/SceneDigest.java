package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Sim3;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SortedMap;

/**
 * SHA-256 over everything that makes a scene what it is: voxel size, sorted blocks with their
 * integers, and submap poses by window number. Blocks are hashed one by one, then tiles over their
 * blocks, then the scene over its tiles. Both are remembered, so a digest costs what has changed,
 * and what is not in memory need not be read for it.
 */
public final class SceneDigest {
  private SceneDigest() {}

  /** The digest, lower-case hex. */
  public static String of(Volume volume, SortedMap<Long, Sim3> sceneFromSubmapByWindow) {
    MessageDigest scene = sha256();
    scene.update(doubles(volume.voxelSize(), volume.truncation()));
    for (Tile tile : volume.sortedTiles()) {
      scene.update(remember(tile));
    }
    sceneFromSubmapByWindow.forEach(
        (number, pose) -> {
          scene.update(ByteBuffer.allocate(8).putLong(number).array());
          scene.update(
              doubles(
                  pose.scale(),
                  pose.rotation().w(),
                  pose.rotation().x(),
                  pose.rotation().y(),
                  pose.rotation().z(),
                  pose.translation().x(),
                  pose.translation().y(),
                  pose.translation().z()));
        });
    return HexFormat.of().formatHex(scene.digest());
  }

  /** The digest of one tile of the volume: SHA-256, or no bytes when nothing was seen in it. */
  public static byte[] ofTile(Volume volume, TileId id) {
    return remember(volume.tile(id)).clone();
  }

  /** The digest of a tile's blocks, remembered until one of them changes; empty without voxels. */
  static byte[] remember(Tile tile) {
    byte[] hash = tile.hash;
    if (hash == null) {
      MessageDigest all = sha256();
      MessageDigest one = sha256();
      ByteSink bytes = new ByteSink();
      boolean any = false;
      for (Block block : Tile.present(Objects.requireNonNull(tile.blocks))) {
        byte[] ofBlock = remember(block, one, bytes);
        any |= ofBlock.length > 0;
        all.update(ofBlock);
      }
      hash = any ? all.digest() : new byte[0];
      tile.hash = hash;
    }
    return hash;
  }

  private static byte[] remember(Block block, MessageDigest one, ByteSink bytes) {
    byte[] hash = block.hash;
    if (hash == null) {
      bytes.clear();
      if (BlockCodec.write(block, bytes)) {
        one.update(bytes.array(), 0, bytes.size());
        hash = one.digest();
      } else {
        hash = new byte[0]; // touched, yet nothing was seen in it: as if it were not there
      }
      block.hash = hash;
    }
    return hash;
  }

  private static byte[] doubles(double... values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length);
    for (double value : values) {
      buffer.putDouble(value + 0.0); // -0 and 0 are the same place
    }
    return buffer.array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
