package io.lite3r.fusion.scene;

/**
 * After how many fused windows a scene is settled: at first every fourth, later each eighth more,
 * so that the cost of settling, which grows with the scene, is the same for every window on
 * average.
 */
final class SettlingTimes {
  private static final int FIRST = 4;
  private static final int GROWTH = 8;

  private SettlingTimes() {}

  static boolean due(int fusedWindows) {
    int next = FIRST;
    while (next < fusedWindows) {
      next += Math.max(FIRST, next / GROWTH);
    }
    return next == fusedWindows;
  }
}
