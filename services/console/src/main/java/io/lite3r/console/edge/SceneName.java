package io.lite3r.console.edge;

import java.util.regex.Pattern;

/** Names that come from outside and go into object keys. */
final class SceneName {
  private static final Pattern SCENE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private SceneName() {}

  static String checked(String scene) {
    if (!SCENE.matcher(scene).matches()) {
      throw Problem.badRequest(
          "a scene is named by 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit");
    }
    return scene;
  }

  static String checkedSha256(String name) {
    if (!SHA256.matcher(name).matches()) {
      throw Problem.badRequest("a tile is named by the SHA-256 of its bytes in lower-case hex");
    }
    return name;
  }
}
