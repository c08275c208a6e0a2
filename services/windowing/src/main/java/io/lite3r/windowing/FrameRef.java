package io.lite3r.windowing;

import org.jspecify.annotations.Nullable;

/**
 * What windowing needs to know of a frame; its pixels wait in the store.
 *
 * @param camera the camera, one of the capture's
 * @param sequence position in the camera's stream
 * @param timeNs capture time, nanoseconds
 * @param sizeBytes bytes the frame adds to a window
 * @param contentSha256 SHA-256 of the original, hex
 * @param acceptedAtNs wall clock of its acceptance; carried, never decided by
 * @param traceparent trace context it came with
 */
public record FrameRef(
    String camera,
    long sequence,
    long timeNs,
    int sizeBytes,
    String contentSha256,
    long acceptedAtNs,
    @Nullable String traceparent) {}
