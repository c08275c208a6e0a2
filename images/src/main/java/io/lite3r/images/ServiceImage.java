package io.lite3r.images;

import java.util.List;

/**
 * An image that is built.
 *
 * @param name the repository's last part; manifests call it {@code lite3r/<name>}
 * @param module the Maven module under services/ whose application it runs
 * @param says the image's description
 * @param model whether the model that ships is a layer of it
 * @param gpu whether it has the libraries of a GPU, which the operator names
 */
public record ServiceImage(String name, String module, String says, boolean model, boolean gpu) {

  /** The port that every service serves, for requests, metrics and health alike. */
  public static final int PORT = 8080;

  /** The user and group that every image runs as; nobody's on any system. */
  public static final int USER = 10001;

  public static final List<ServiceImage> ALL =
      List.of(
          of("capture", "Takes images, refuses bad ones with a reason, publishes frames", false),
          of("windowing", "Synchronises the cameras of a rig and closes windows", false),
          of("reconstruction", "Turns a window of views into depth and camera poses", true),
          of("fusion", "Aligns submaps, fuses depth, publishes scene versions", false),
          of("console", "Shows scenes and the pipeline's health", false),
          new ServiceImage(
              "reconstruction-gpu",
              "reconstruction",
              "Turns a window of views into depth and camera poses, on a GPU",
              true,
              true));

  private static ServiceImage of(String name, String says, boolean model) {
    return new ServiceImage(name, name, says, model, false);
  }
}
