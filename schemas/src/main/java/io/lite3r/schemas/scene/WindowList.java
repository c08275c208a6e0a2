package io.lite3r.schemas.scene;

import java.util.List;

/**
 * The content of one window chunk.
 *
 * @param format {@link SceneJson#WINDOWS_FORMAT}
 * @param windows by number
 */
public record WindowList(String format, List<WindowEntry> windows) {
  public WindowList {
    windows = List.copyOf(windows);
  }
}
