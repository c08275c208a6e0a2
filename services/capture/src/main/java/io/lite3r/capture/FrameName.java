package io.lite3r.capture;

import java.util.regex.Pattern;

/**
 * Identity of a frame. Scene names are narrower than the others because they become host names and
 * folders of the read side.
 *
 * @param sequence position in the camera's stream, from 0
 */
public record FrameName(String scene, String capture, String camera, long sequence) {
  private static final Pattern SCENE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern OTHER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /** Checks every part; refuses as {@code BAD_PARAMETER}. */
  public static FrameName of(String scene, String capture, String camera, long sequence)
      throws FrameRefused {
    check(SCENE, "scene", scene, "lower-case letters, digits and '-'");
    check(OTHER, "capture", capture, "letters, digits, '.', '_' and '-'");
    checkCamera(camera);
    if (sequence < 0) {
      throw new FrameRefused(
          FrameRefused.Reason.BAD_PARAMETER,
          "sequence is %d. Count a camera's frames from 0.".formatted(sequence));
    }
    return new FrameName(scene, capture, camera, sequence);
  }

  static void checkCamera(String camera) throws FrameRefused {
    check(OTHER, "camera", camera, "letters, digits, '.', '_' and '-'");
  }

  /** True for a name that may be written to a topic as a scene. */
  public static boolean isScene(String name) {
    return SCENE.matcher(name).matches();
  }

  /** True for a name that may be written to a topic as a capture or a camera. */
  public static boolean isCaptureOrCamera(String name) {
    return OTHER.matcher(name).matches();
  }

  /** Where the original's bytes are kept. */
  public String originalKey() {
    return "originals/%s/%s/%s/%d".formatted(scene, capture, camera, sequence);
  }

  private static void check(Pattern pattern, String what, String name, String allowed)
      throws FrameRefused {
    if (!pattern.matcher(name).matches()) {
      throw new FrameRefused(
          FrameRefused.Reason.BAD_PARAMETER,
          "%s '%s' is not a name. Use 1 to 63 of %s, beginning with a letter or digit."
              .formatted(what, name.length() > 80 ? name.substring(0, 80) + "..." : name, allowed));
    }
  }
}
