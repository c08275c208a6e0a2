package io.lite3r.schemas.scene;

import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Sim3;
import org.jspecify.annotations.Nullable;

/**
 * How a scene, whose own unit is whatever its first window gave, lies in metres.
 *
 * @param metricFromScene takes scene coordinates to metres; its axes are those that {@code source}
 *     gives
 * @param source {@code rig}: axes of the scene, only the scale is known, from the fixed distances
 *     between a rig's cameras; {@code gps}: east, north, up at {@code origin}; {@code poses}: the
 *     frame of the poses that the sender gave
 * @param rmsM root mean square of what is left at the observations that count, metres; for a rig of
 *     the distances between its cameras
 * @param observations positions, poses or distances between cameras that were compared
 * @param inliers how many of them count
 * @param origin where the east-north-up frame touches the earth; absent unless {@code gps}
 */
public record Registration(
    Sim3 metricFromScene,
    String source,
    double rmsM,
    long observations,
    long inliers,
    @Nullable Geodetic origin) {
  public static final String RIG = "rig";
  public static final String GPS = "gps";
  public static final String POSES = "poses";
}
