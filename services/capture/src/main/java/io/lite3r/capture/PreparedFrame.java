package io.lite3r.capture;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.imaging.ImageHeader;
import org.jspecify.annotations.Nullable;

/** A frame that has passed every check and has its view; what is left is to store and publish. */
public final class PreparedFrame {
  private final FrameRequest request;
  private final byte[] original;
  private final byte[] sha256;
  private final ImageHeader header;
  private final View view;
  private final @Nullable Intrinsics intrinsics;
  private final @Nullable Position position;

  PreparedFrame(
      FrameRequest request,
      byte[] original,
      byte[] sha256,
      ImageHeader header,
      View view,
      @Nullable Intrinsics intrinsics,
      @Nullable Position position) {
    this.request = request;
    this.original = original;
    this.sha256 = sha256;
    this.header = header;
    this.view = view;
    this.intrinsics = intrinsics;
    this.position = position;
  }

  public FrameRequest request() {
    return request;
  }

  /** The bytes as they came. */
  public byte[] original() {
    return original;
  }

  /** SHA-256 of the original. */
  public byte[] sha256() {
    return sha256;
  }

  public ImageHeader header() {
    return header;
  }

  public View view() {
    return view;
  }

  /** Calibration of the original image, when the sender gave one. */
  public @Nullable Intrinsics intrinsics() {
    return intrinsics;
  }

  public @Nullable Position position() {
    return position;
  }
}
