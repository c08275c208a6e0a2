package io.lite3r.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Images for the tests' cameras: those of a capture on disk, and made ones. */
final class Shots {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 192;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private Shots() {}

  /** The capture's images in its order, numbered by camera. */
  static List<Shot> of(Path capture) {
    try {
      JsonNode json = new ObjectMapper().readTree(capture.resolve("cameras.json").toFile());
      List<Shot> shots = new ArrayList<>();
      for (JsonNode frame : json.get("frames")) {
        String camera = frame.get("camera").asText();
        long sequence = shots.stream().filter(shot -> shot.camera().equals(camera)).count();
        shots.add(
            Shot.jpeg(
                camera,
                sequence,
                Math.round(frame.get("timestamp").asDouble() * NANOS_PER_SECOND),
                Files.readAllBytes(capture.resolve(frame.get("file").asText()))));
      }
      return shots;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Made images of a rig, instant by instant: a pattern that moves, lossless, so that a pixel that
   * is changed is a pixel that is changed.
   */
  static List<Shot> made(List<String> cameras, int instants, double framesPerSecond) {
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < instants; i++) {
      for (int c = 0; c < cameras.size(); c++) {
        long timeNs = Math.round(i / framesPerSecond * NANOS_PER_SECOND);
        shots.add(Shot.png(cameras.get(c), i, timeNs, png(pattern(i, c))));
      }
    }
    return shots;
  }

  /** The same images again and again, as one longer capture. */
  static List<Shot> repeated(List<Shot> shots, int times, double framesPerSecond) {
    long perCamera = shots.stream().mapToLong(Shot::sequence).max().orElseThrow() + 1;
    List<Shot> all = new ArrayList<>();
    for (int round = 0; round < times; round++) {
      for (Shot shot : shots) {
        long sequence = round * perCamera + shot.sequence();
        long timeNs = Math.round(sequence / framesPerSecond * NANOS_PER_SECOND);
        all.add(Shot.jpeg(shot.camera(), sequence, timeNs, shot.bytes()));
      }
    }
    return all;
  }

  static List<String> cameras(List<Shot> shots) {
    return shots.stream().map(Shot::camera).distinct().sorted().toList();
  }

  static BufferedImage pattern(int instant, int camera) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int stripe = (x + 3 * instant + 40 * camera) / 16 % 2 * 60;
        int red = 60 + x / 2 + (camera * 20) % 60;
        int green = 50 + y / 2 + stripe;
        int blue = 40 + (instant * 5 + x + y) / 4;
        image.setRGB(x, y, red << 16 | green << 8 | Math.min(255, blue));
      }
    }
    return image;
  }

  static byte[] png(BufferedImage image) {
    return encoded(image, "png");
  }

  static byte[] jpeg(BufferedImage image) {
    return encoded(image, "jpeg");
  }

  /** The same PNG but for one pixel, which turns from dark to bright or back. */
  static byte[] withOnePixelChanged(byte[] png, int x, int y) {
    try {
      BufferedImage image = ImageIO.read(new java.io.ByteArrayInputStream(png));
      image.setRGB(x, y, (image.getRGB(x, y) & 0xff) > 127 ? 0 : 0xffffff);
      return png(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives shots of one camera and instant the next free sequence each. */
  static final class Numbers {
    private final String camera;
    private final long timeNs;
    private long next;

    Numbers(String camera, long first, long timeNs) {
      this.camera = camera;
      this.next = first;
      this.timeNs = timeNs;
    }

    Shot jpeg(byte[] bytes) {
      return Shot.jpeg(camera, next++, timeNs, bytes);
    }

    Shot png(byte[] bytes) {
      return Shot.png(camera, next++, timeNs, bytes);
    }
  }

  private static byte[] encoded(BufferedImage image, String format) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
