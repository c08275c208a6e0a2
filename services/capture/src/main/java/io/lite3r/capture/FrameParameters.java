package io.lite3r.capture;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of a frame, strictly: an unknown, repeated or malformed one is refused,
 * since a misspelt parameter that is ignored is a frame with the wrong time or no calibration.
 */
public final class FrameParameters {
  private static final List<String> FOCAL = List.of("fx", "fy", "cx", "cy");
  private static final List<String> DISTORTION = List.of("k1", "k2", "p1", "p2", "k3");
  private static final Set<String> OF_FRAME = known("sequence", "timestamp", "rig");
  private static final Set<String> OF_END = Set.of("rig");
  private static final long NS = 1_000_000_000;

  /** Seconds; leaves windowing room to add its tolerances. */
  private static final long LATEST = 9_000_000_000L;

  private FrameParameters() {}

  /**
   * The request that path and query make together. Without {@code timestamp} a frame's time is its
   * sequence in seconds.
   */
  public static FrameRequest frame(
      String scene, String capture, String camera, Map<String, List<String>> query)
      throws FrameRefused {
    checkKnown(query, OF_FRAME);
    String sequenceText = single(query, "sequence");
    if (sequenceText == null) {
      throw bad("sequence is missing. Count the camera's frames from 0: ?sequence=0");
    }
    long sequence = integer("sequence", sequenceText);
    FrameName name = FrameName.of(scene, capture, camera, sequence);
    return new FrameRequest(
        name,
        timeNs(single(query, "timestamp"), sequence),
        rig(query, camera),
        calibration(query),
        null,
        null,
        null,
        true,
        "");
  }

  /** The end of a camera: its name and its rig. */
  public static End end(
      String scene, String capture, String camera, Map<String, List<String>> query)
      throws FrameRefused {
    checkKnown(query, OF_END);
    FrameName.of(scene, capture, camera, 0);
    return new End(scene, capture, camera, rig(query, camera));
  }

  /** A camera's end as its sender states it. */
  public record End(String scene, String capture, String camera, List<String> rigCameras) {}

  private static void checkKnown(Map<String, List<String>> query, Set<String> known)
      throws FrameRefused {
    for (String parameter : query.keySet()) {
      if (!known.contains(parameter)) {
        throw bad(
            "Unknown parameter '%s'. Known are %s."
                .formatted(
                    parameter.length() > 40 ? parameter.substring(0, 40) : parameter,
                    String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  private static @Nullable String single(Map<String, List<String>> query, String name)
      throws FrameRefused {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw bad("%s is given %d times. Give it once.".formatted(name, values.size()));
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  private static long integer(String name, String text) throws FrameRefused {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Answered below, as a negative number is.
    }
    throw bad("%s is '%s'. Give a whole number from 0.".formatted(name, shortened(text)));
  }

  private static long timeNs(@Nullable String seconds, long sequence) throws FrameRefused {
    try {
      if (seconds == null && sequence <= LATEST) {
        return sequence * NS;
      }
      if (seconds != null && seconds.length() <= 40) {
        BigDecimal value = new BigDecimal(seconds);
        // The scale is bounded first: 1e999999999 is short to write and long to convert.
        if (value.signum() >= 0
            && Math.abs(value.scale()) <= 40
            && value.compareTo(BigDecimal.valueOf(LATEST)) <= 0) {
          return value.movePointRight(9).setScale(0, RoundingMode.HALF_EVEN).longValueExact();
        }
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Answered below.
    }
    throw bad(
        "timestamp is '%s'. Give seconds as a decimal number from 0 to %d."
            .formatted(shortened(seconds == null ? "sequence " + sequence : seconds), LATEST));
  }

  private static List<String> rig(Map<String, List<String>> query, String camera)
      throws FrameRefused {
    String text = single(query, "rig");
    if (text == null) {
      return List.of();
    }
    List<String> cameras = Arrays.asList(text.split(",", -1));
    for (String name : cameras) {
      FrameName.checkCamera(name);
    }
    if (!cameras.contains(camera)) {
      throw bad(
          "rig is '%s' and does not name camera '%s' itself. Name all cameras of the rig."
              .formatted(shortened(text), camera));
    }
    return cameras.stream().sorted().distinct().toList();
  }

  private static @Nullable Calibration calibration(Map<String, List<String>> query)
      throws FrameRefused {
    List<String> given = new ArrayList<>(FOCAL);
    given.retainAll(query.keySet());
    boolean distorted = DISTORTION.stream().anyMatch(query::containsKey);
    if (given.isEmpty() && !distorted) {
      return null;
    }
    if (given.size() < FOCAL.size()) {
      throw new FrameRefused(
          FrameRefused.Reason.BAD_INTRINSICS,
          "Intrinsics are incomplete: only %s. Give fx, fy, cx and cy, or none.".formatted(given));
    }
    List<Double> distortion = new ArrayList<>();
    for (String name : DISTORTION) {
      boolean optional = name.equals("k3") && !query.containsKey(name);
      if (distorted && !optional) {
        distortion.add(query.containsKey(name) ? number(query, name) : 0.0);
      }
    }
    return new Calibration(
        number(query, "fx"),
        number(query, "fy"),
        number(query, "cx"),
        number(query, "cy"),
        distortion,
        0,
        0);
  }

  private static double number(Map<String, List<String>> query, String name) throws FrameRefused {
    String text = single(query, name);
    try {
      double value = Double.parseDouble(String.valueOf(text));
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw new FrameRefused(
        FrameRefused.Reason.BAD_INTRINSICS,
        "%s is '%s'. Give a finite number.".formatted(name, shortened(String.valueOf(text))));
  }

  private static Set<String> known(String... names) {
    Set<String> known = new TreeSet<>(List.of(names));
    known.addAll(FOCAL);
    known.addAll(DISTORTION);
    return known;
  }

  private static String shortened(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  private static FrameRefused bad(String message) {
    return new FrameRefused(FrameRefused.Reason.BAD_PARAMETER, message);
  }
}
