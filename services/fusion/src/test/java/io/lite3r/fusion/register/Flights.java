package io.lite3r.fusion.register;

import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Windows of one frame each, placed in a scene that lies anyhow to the world. */
public final class Flights {
  private Flights() {}

  /** The place whose east-north-up coordinates at the origin these are. */
  public static Geodetic at(Geodetic origin, Vector3 eastNorthUp) {
    Rigid3 enuFromEcef = origin.ecefFromEastNorthUp().inverse();
    Geodetic place = origin;
    for (int i = 0; i < 20; i++) {
      Vector3 gap = eastNorthUp.minus(enuFromEcef.apply(place.ecef()));
      place =
          new Geodetic(
              place.latitudeDeg() + gap.y() / 111_200,
              place.longitudeDeg()
                  + gap.x() / (111_300 * Math.cos(Math.toRadians(place.latitudeDeg()))),
              place.altitudeM() + gap.z());
    }
    return place;
  }

  static FramePriors gps(Geodetic place, boolean altitude) {
    return new FramePriors(
        null,
        null,
        new FramePriors.GpsFix(
            place.latitudeDeg(), place.longitudeDeg(), altitude ? place.altitudeM() : null));
  }

  /** Windows of one frame each. */
  static List<WindowEntry> windows(
      List<Rigid3> worldFromCamera,
      Sim3 sceneFromWorld,
      List<? extends @Nullable FramePriors> priors) {
    List<WindowEntry> windows = new ArrayList<>();
    for (int i = 0; i < worldFromCamera.size(); i++) {
      Rigid3 pose = sceneFromWorld.carry(worldFromCamera.get(i));
      windows.add(window(i, List.of(frame("cam", i, pose, priors.get(i)))));
    }
    return windows;
  }

  static WindowEntry window(long number, List<FrameEntry> frames) {
    return new WindowEntry(
        number,
        number,
        "w" + number,
        "o" + number,
        "c",
        1,
        1,
        WindowEntry.WindowStatus.FUSED,
        null,
        0,
        Sim3.IDENTITY,
        null,
        null,
        null,
        frames,
        null);
  }

  static FrameEntry frame(String camera, long sequence, Rigid3 pose, @Nullable FramePriors priors) {
    return frame(camera, sequence, pose, priors, null);
  }

  static FrameEntry frame(
      String camera,
      long sequence,
      Rigid3 pose,
      @Nullable FramePriors priors,
      @Nullable ViewRefinement refinement) {
    return new FrameEntry(
        camera,
        sequence,
        1_000_000_000L * sequence,
        1,
        "",
        0,
        640,
        480,
        FrameEntry.FrameStatus.FUSED,
        true,
        1.5,
        pose,
        pose,
        null,
        null,
        null,
        priors,
        null,
        refinement);
  }
}
