package io.lite3r.tests;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Ten ways to send a bad image, each with the reason that must come back.
 *
 * @param what for the reader of a failed test
 * @param reason constant of RejectionReason without its prefix
 * @param names what the answer must name, so that the sender can find it
 */
record Poison(String what, Shot shot, String reason, String names) {
  /** More than any frame may have, whatever its limit below this is. */
  private static final int OVER_LONG = 26 << 20;

  /**
   * @param taken a shot that was accepted before
   * @param nextSequence first sequence of its camera that nobody has used
   */
  static List<Poison> ten(Shot taken, long nextSequence) {
    Shots.Numbers next = new Shots.Numbers(taken.camera(), nextSequence, taken.timeNs());
    byte[] jpeg = Shots.jpeg(picture(1));
    byte[] png = Shots.png(picture(2));
    return List.of(
        new Poison(
            "wrong magic",
            next.jpeg("GIF89a not a picture at all".getBytes(StandardCharsets.US_ASCII)),
            "UNSUPPORTED_MEDIA",
            "JPEG or PNG"),
        new Poison("JPEG cut in half", next.jpeg(half(jpeg)), "TRUNCATED", "end"),
        new Poison("PNG cut in half", next.png(half(png)), "TRUNCATED", "end"),
        new Poison(
            "forged header",
            next.png(pngHeader(30_000, 30_000)),
            "BAD_DIMENSIONS",
            "30000 x 30000"),
        new Poison("over-long body", next.jpeg(overLong(jpeg)), "TOO_LARGE", "bytes"),
        new Poison(
            "a focal length no camera has",
            next.jpeg(Shots.jpeg(picture(3)))
                .with("fx", "-500")
                .with("fy", "500")
                .with("cx", "128")
                .with("cy", "96"),
            "BAD_INTRINSICS",
            "-500"),
        new Poison(
            "misspelt parameter",
            next.jpeg(Shots.jpeg(picture(4))).with("focal", "500"),
            "BAD_PARAMETER",
            "focal"),
        new Poison(
            "timestamp that is no number",
            next.jpeg(Shots.jpeg(picture(5))).with("timestamp", "noon"),
            "BAD_PARAMETER",
            "noon"),
        new Poison(
            "the id of another image",
            taken.withBytes(Shots.png(picture(6))),
            "ID_CONFLICT",
            Long.toString(taken.sequence())),
        new Poison("nothing at all", next.jpeg(new byte[0]), "UNSUPPORTED_MEDIA", "empty"));
  }

  private static BufferedImage picture(int number) {
    return Shots.pattern(100 + number, number);
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static byte[] overLong(byte[] jpeg) {
    return Arrays.copyOf(jpeg, OVER_LONG);
  }

  /** A PNG that is nothing but a sound header with these dimensions. */
  static byte[] pngHeader(int width, int height) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeLong(0x89504E470D0A1A0AL);
      ByteArrayOutputStream chunk = new ByteArrayOutputStream();
      DataOutputStream header = new DataOutputStream(chunk);
      header.writeBytes("IHDR");
      header.writeInt(width);
      header.writeInt(height);
      header.write(new byte[] {8, 2, 0, 0, 0});
      CRC32 crc = new CRC32();
      crc.update(chunk.toByteArray());
      out.writeInt(13);
      out.write(chunk.toByteArray());
      out.writeInt((int) crc.getValue());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
