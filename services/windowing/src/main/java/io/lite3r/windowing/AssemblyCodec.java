package io.lite3r.windowing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A capture's state as bytes for the stream store, without pixels; a few kilobytes. The first byte
 * tells the version, so that a newer program can read what an older one left in the changelog.
 */
public final class AssemblyCodec {
  private static final int VERSION = 3;

  /** The first version; it knew no interval. */
  private static final int WITHOUT_LAST_KEPT = 1;

  /** When capture noticed silence. */
  private static final int WITHOUT_LIVE = 2;

  private AssemblyCodec() {}

  public static byte[] encode(CaptureAssembly assembly) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeBoolean(assembly.closed);
      out.writeLong(assembly.windowCount);
      out.writeLong(assembly.lastWindowNumber);
      out.writeLong(assembly.lastKeptNs);
      out.writeBoolean(assembly.live);
      matcher(assembly.matcher, out);
      WindowAssembler windows = assembly.windows;
      out.writeInt(windows.lastStart);
      out.writeInt(windows.covered);
      out.writeInt(windows.start);
      out.writeInt(windows.kept.size());
      for (Instant instant : windows.kept) {
        frames(instant.frames(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  public static CaptureAssembly decode(String scene, String capture, byte[] bytes) {
    CaptureAssembly assembly = new CaptureAssembly(scene, capture);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version < WITHOUT_LAST_KEPT || version > VERSION) {
        throw new IllegalStateException(
            "the changelog holds state of version %d, this program reads up to %d; drain the captures with the program that wrote it"
                .formatted(version, VERSION));
      }
      assembly.closed = in.readBoolean();
      assembly.windowCount = in.readLong();
      assembly.lastWindowNumber = in.readLong();
      if (version != WITHOUT_LAST_KEPT) {
        assembly.lastKeptNs = in.readLong();
      }
      if (version > WITHOUT_LIVE) {
        assembly.live = in.readBoolean();
      }
      matcher(assembly.matcher, in);
      WindowAssembler windows = assembly.windows;
      windows.lastStart = in.readInt();
      windows.covered = in.readInt();
      windows.start = in.readInt();
      int instants = in.readInt();
      for (int i = 0; i < instants; i++) {
        windows.kept.add(new Instant(frames(in)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the state of %s/%s is cut short".formatted(scene, capture), e);
    }
    return assembly;
  }

  private static void matcher(InstantMatcher matcher, DataOutputStream out) throws IOException {
    out.writeBoolean(matcher.rigStated);
    out.writeLong(matcher.firstNs);
    out.writeLong(matcher.newestNs);
    out.writeLong(matcher.closedThroughNs);
    out.writeInt(matcher.tracks.size());
    for (CameraTrack track : matcher.tracks.values()) {
      out.writeUTF(track.name);
      out.writeLong(track.frontierNs);
      frames(track.pending, out);
      Map<Long, Long> ranges = track.delivered.ranges();
      out.writeInt(ranges.size());
      for (Map.Entry<Long, Long> range : ranges.entrySet()) {
        out.writeLong(range.getKey());
        out.writeLong(range.getValue());
      }
      out.writeInt(track.hashes.size());
      for (Map.Entry<Long, String> hash : track.hashes.entrySet()) {
        out.writeLong(hash.getKey());
        out.writeUTF(hash.getValue());
      }
    }
  }

  private static void matcher(InstantMatcher matcher, DataInputStream in) throws IOException {
    matcher.rigStated = in.readBoolean();
    matcher.firstNs = in.readLong();
    matcher.newestNs = in.readLong();
    matcher.closedThroughNs = in.readLong();
    int tracks = in.readInt();
    for (int t = 0; t < tracks; t++) {
      CameraTrack track = new CameraTrack(in.readUTF(), in.readLong());
      track.pending.addAll(frames(in));
      int ranges = in.readInt();
      for (int r = 0; r < ranges; r++) {
        track.delivered.ranges().put(in.readLong(), in.readLong());
      }
      int hashes = in.readInt();
      for (int h = 0; h < hashes; h++) {
        track.hashes.put(in.readLong(), in.readUTF());
      }
      matcher.tracks.put(track.name, track);
    }
  }

  private static void frames(Collection<FrameRef> frames, DataOutputStream out) throws IOException {
    out.writeInt(frames.size());
    for (FrameRef frame : frames) {
      out.writeUTF(frame.camera());
      out.writeLong(frame.sequence());
      out.writeLong(frame.timeNs());
      out.writeInt(frame.sizeBytes());
      out.writeUTF(frame.contentSha256());
      out.writeLong(frame.acceptedAtNs());
      String traceparent = frame.traceparent();
      out.writeUTF(traceparent == null ? "" : traceparent);
    }
  }

  private static List<FrameRef> frames(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<FrameRef> frames = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      frames.add(
          new FrameRef(
              in.readUTF(),
              in.readLong(),
              in.readLong(),
              in.readInt(),
              in.readUTF(),
              in.readLong(),
              nullIfEmpty(in.readUTF())));
    }
    return frames;
  }

  private static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
