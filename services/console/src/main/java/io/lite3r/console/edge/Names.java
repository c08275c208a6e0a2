package io.lite3r.console.edge;

import java.util.regex.Pattern;

/** Names that come from outside and go into object keys. */
final class Names {
  private static final Pattern SCENE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern OTHER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private Names() {}

  static String scene(String name) {
    return checked(
        SCENE,
        name,
        "a scene is named by 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit");
  }

  static String captureOrCamera(String name) {
    return checked(
        OTHER,
        name,
        "captures and cameras are named by 1 to 63 of letters, digits, '.', '_' and '-'");
  }

  static String sha256(String name) {
    return checked(SHA256, name, "a tile is named by the SHA-256 of its bytes in lower-case hex");
  }

  private static String checked(Pattern pattern, String name, String rule) {
    if (!pattern.matcher(name).matches()) {
      throw Problem.badRequest(rule);
    }
    return name;
  }
}
