package io.lite3r.fusion.truth;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;

/**
 * A frame as it was.
 *
 * @param depth z-depth row by row, world units, 0 = none
 * @param rgb colour of each depth pixel
 * @param intrinsics camera of the depth grid
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
public record TrueFrame(
    String camera,
    long sequence,
    Rigid3 worldFromCamera,
    Intrinsics intrinsics,
    float[] depth,
    byte[] rgb) {}
