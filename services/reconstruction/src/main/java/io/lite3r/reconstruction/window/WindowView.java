package io.lite3r.reconstruction.window;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import org.jspecify.annotations.Nullable;

/**
 * One view of a window as it arrives.
 *
 * @param name scene, capture, camera and sequence, for messages
 * @param jpeg the encoded view, {@code width} x {@code height} pixels
 * @param originalFromView maps a view pixel to the original image's pixel
 * @param originalIntrinsics calibration of the original image, when the camera gave one
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: it is on its way to the decoder.
public record WindowView(
    String name,
    byte[] jpeg,
    int width,
    int height,
    Affine2 originalFromView,
    @Nullable Intrinsics originalIntrinsics) {}
