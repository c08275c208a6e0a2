package io.lite3r.reconstruction.prediction;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;

/**
 * One view of a plausible prediction.
 *
 * @param submapFromCamera translation in submap units
 * @param intrinsics of the depth map's own grid
 * @param depth row by row, 0 = none
 * @param confidence row by row, >= 1, 0 where depth is 0
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: it is on its way to the submap.
public record ViewGeometry(
    Rigid3 submapFromCamera,
    Intrinsics intrinsics,
    float[] depth,
    float[] confidence,
    double meanConfidence) {}
