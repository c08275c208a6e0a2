package io.lite3r.fusion.scene;

/** How a frame ended: all windows that hold it are in a published version. */
public sealed interface FrameEnd {
  String capture();

  String camera();

  long sequence();

  long acceptedAtNs();

  /** When the version that settled it was published, Unix nanoseconds. */
  long atNs();

  /**
   * Positive weight of it entered the volume.
   *
   * @param version the first that holds it
   * @param windowId the window that brought it in
   */
  record Fused(
      String capture,
      String camera,
      long sequence,
      long acceptedAtNs,
      long atNs,
      long version,
      String windowId)
      implements FrameEnd {}

  /**
   * Nothing of it entered the volume.
   *
   * @param unreconstructable whether every window that held it had no geometry
   * @param detail a sentence
   */
  record NotFused(
      String capture,
      String camera,
      long sequence,
      long acceptedAtNs,
      long atNs,
      boolean unreconstructable,
      String detail)
      implements FrameEnd {}
}
