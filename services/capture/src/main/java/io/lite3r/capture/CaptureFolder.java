package io.lite3r.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A folder's images in the order in which they are played: by time, cameras of one instant by name.
 * Each has its place in its camera's stream. When any image lacks a time, the whole capture is
 * timed by index, one second a frame, since two clocks cannot be matched.
 *
 * @param name the folder's name
 * @param cameras all cameras, sorted
 */
public record CaptureFolder(String name, List<String> cameras, List<Image> images) {
  private static final long NS = 1_000_000_000;
  private static final int HASH_CHARACTERS = 12;

  /** An image with its place in its camera's stream. */
  public record Image(ListedImage listed, long sequence, long timeNs) {

    /**
     * What is said of it as a frame of this scene and capture; refuses a camera that is no name.
     */
    public FrameRequest request(
        String scene, String capture, List<String> rigCameras, boolean readGps)
        throws FrameRefused {
      return new FrameRequest(
          FrameName.of(scene, capture, listed.camera(), sequence),
          timeNs,
          rigCameras,
          listed.calibration(),
          listed.rigFromCamera(),
          listed.scenePrior(),
          listed.position(),
          readGps,
          listed.source());
    }
  }

  public CaptureFolder {
    cameras = List.copyOf(cameras);
    images = List.copyOf(images);
  }

  public static CaptureFolder arrange(String name, List<ListedImage> listed) {
    boolean timed = listed.stream().allMatch(image -> image.timeNs() != null);
    Map<String, List<ListedImage>> byCamera = new TreeMap<>();
    for (ListedImage image : listed) {
      byCamera.computeIfAbsent(image.camera(), camera -> new ArrayList<>()).add(image);
    }
    List<Image> images = new ArrayList<>();
    for (List<ListedImage> stream : byCamera.values()) {
      List<ListedImage> ordered = timed ? stream.stream().sorted(byTime()).toList() : stream;
      for (int i = 0; i < ordered.size(); i++) {
        ListedImage image = ordered.get(i);
        Long time = image.timeNs();
        images.add(new Image(image, i, timed && time != null ? time : i * NS));
      }
    }
    // Stable: frames of equal time keep the order of their cameras, and of their stream.
    images.sort(Comparator.comparingLong(Image::timeNs));
    return new CaptureFolder(name, new TreeSet<>(byCamera.keySet()).stream().toList(), images);
  }

  /**
   * A name for this capture that depends on nothing but its content: the same folder is the same
   * capture wherever it lies, and playing it again has no effect; other pixels, times or
   * calibration make another.
   */
  public String contentName() throws IOException {
    MessageDigest digest = sha256();
    for (Image image : images) {
      ListedImage listed = image.listed();
      byte[] content =
          Files.isRegularFile(listed.file())
              ? FramePreparation.sha256(Files.readAllBytes(listed.file()))
              : new byte[0];
      String line =
          String.join(
              "|",
              listed.source(),
              listed.camera(),
              Long.toString(image.timeNs()),
              HexFormat.of().formatHex(content),
              String.valueOf(listed.calibration()),
              String.valueOf(listed.rigFromCamera()),
              String.valueOf(listed.scenePrior()),
              String.valueOf(listed.position()));
      digest.update((line + "\n").getBytes(UTF_8));
    }
    String hash = HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARACTERS);
    String stem = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
    return (stem.isEmpty() ? "capture" : stem.substring(0, Math.min(40, stem.length())))
        + "-"
        + hash;
  }

  private static Comparator<ListedImage> byTime() {
    return Comparator.comparing(
        ListedImage::timeNs, Comparator.nullsFirst(Comparator.naturalOrder()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
