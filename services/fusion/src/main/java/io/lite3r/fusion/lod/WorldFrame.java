package io.lite3r.fusion.lod;

import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.Registration;
import org.jspecify.annotations.Nullable;

/** Where viewers that think in z up put a scene, whose own axes are y down and z forward. */
public final class WorldFrame {
  /** From scene axes to x right, y forward, z up: (x, y, z) becomes (x, z, -y). */
  static final Rotation UPRIGHT = Rotation.ofMatrix(new double[] {1, 0, 0, 0, 0, 1, 0, -1, 0});

  private WorldFrame() {}

  /** From the scene to x right or east, y forward or north, z up, in the unit of all exports. */
  public static Sim3 uprightFromScene(@Nullable Registration registration) {
    if (registration == null) {
      return new Sim3(1, UPRIGHT, Vector3.ZERO);
    }
    return registration.source().equals(Registration.RIG)
        ? new Sim3(1, UPRIGHT, Vector3.ZERO).times(registration.metricFromScene())
        : registration.metricFromScene();
  }

  /** From the scene to earth-centred metres when it is known where that is, else upright. */
  public static Sim3 worldFromScene(@Nullable Registration registration) {
    Sim3 upright = uprightFromScene(registration);
    Geodetic origin = registration == null ? null : registration.origin();
    if (origin == null) {
      return upright;
    }
    Rigid3 earth = origin.ecefFromEastNorthUp();
    return new Sim3(1, earth.rotation(), earth.translation()).times(upright);
  }
}
