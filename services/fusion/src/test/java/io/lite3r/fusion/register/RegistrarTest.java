package io.lite3r.fusion.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Sim3Tangent;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FocalEstimate;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistrarTest {
  private static final Geodetic ORIGIN = new Geodetic(46.8426, -91.9946, 198);
  private final Random random = new Random(31);
  private final Sim3 sceneFromWorld =
      Sim3Tangent.of(new double[] {3, -2, 5, 0.7, -1.1, 0.4, -2.5}).exp();

  /** Three strips of six photographs, looking down. */
  private static List<Rigid3> strips() {
    List<Rigid3> poses = new ArrayList<>();
    for (int strip = 0; strip < 3; strip++) {
      for (int i = 0; i < 6; i++) {
        double along = 13.5 * (strip % 2 == 0 ? i : 5 - i);
        poses.add(
            new Rigid3(
                Rotation.exp(new Vector3(Math.PI, 0, 0)),
                new Vector3(along, 26.0 * strip, 0.3 * Math.sin(along))));
      }
    }
    return poses;
  }

  private Vector3 gauss() {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }

  private List<FramePriors> gps(List<Rigid3> poses, double noise, boolean altitude) {
    List<FramePriors> priors = new ArrayList<>();
    for (Rigid3 pose : poses) {
      priors.add(
          Flights.gps(Flights.at(ORIGIN, pose.translation().plus(gauss().times(noise))), altitude));
    }
    return priors;
  }

  private double worst(Registration found, List<Rigid3> poses) {
    double worst = 0;
    for (Rigid3 pose : poses) {
      Vector3 there = found.metricFromScene().apply(sceneFromWorld.apply(pose.translation()));
      worst = Math.max(worst, there.minus(pose.translation()).norm());
    }
    return worst;
  }

  @Test
  void exactGpsPutsTheSceneWhereItIs() {
    List<Rigid3> poses = strips();
    Registration found =
        Registrar.register(Flights.windows(poses, sceneFromWorld, gps(poses, 0, true)));
    assertThat(found.source()).isEqualTo(Registration.GPS);
    assertThat(found.observations()).isEqualTo(18);
    assertThat(found.origin()).isEqualTo(Flights.at(ORIGIN, poses.getFirst().translation()));
    assertThat(found.rmsM()).isLessThan(1e-3);
    assertThat(worst(found, poses)).isLessThan(1e-3);
  }

  @Test
  void wrongPositionsDoNotBendIt() {
    List<Rigid3> poses = strips();
    List<FramePriors> priors = gps(poses, 0.5, true);
    for (int i : new int[] {4, 9, 13}) {
      priors.set(
          i,
          Flights.gps(
              Flights.at(ORIGIN, poses.get(i).translation().plus(new Vector3(60, -40, 20))), true));
    }
    Registration found = Registrar.register(Flights.windows(poses, sceneFromWorld, priors));
    assertThat(found.observations()).isEqualTo(18);
    assertThat(found.inliers()).isEqualTo(15);
    assertThat(worst(found, poses)).isLessThan(2);
    assertThat(found.rmsM()).isBetween(0.3, 1.5);
  }

  @Test
  void withoutAltitudesAFlightCountsAsLevel() {
    List<Rigid3> poses = strips();
    Registration found =
        Registrar.register(Flights.windows(poses, sceneFromWorld, gps(poses, 0, false)));
    assertThat(found.origin().altitudeM()).isZero();
    assertThat(worst(found, poses)).isLessThan(1);
  }

  @Test
  void oneStraightStripOrACameraThatStaysDoesNotSay() {
    List<Rigid3> poses = strips().subList(0, 6);
    assertThat(Registrar.register(Flights.windows(poses, sceneFromWorld, gps(poses, 0.2, true))))
        .isNull();
    List<Rigid3> there = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      there.add(new Rigid3(Rotation.IDENTITY, gauss()));
    }
    assertThat(Registrar.register(Flights.windows(there, sceneFromWorld, gps(there, 2, true))))
        .isNull();
  }

  @Test
  void givenPosesComeBeforeGps() {
    List<Rigid3> poses = strips();
    List<FramePriors> priors = new ArrayList<>();
    for (Rigid3 pose : poses) {
      priors.add(
          new FramePriors(
              null, pose, new FramePriors.GpsFix(46 + random.nextDouble(), -91, 100.0)));
    }
    Registration found = Registrar.register(Flights.windows(poses, sceneFromWorld, priors));
    assertThat(found.source()).isEqualTo(Registration.POSES);
    assertThat(found.origin()).isNull();
    assertThat(worst(found, poses)).isLessThan(1e-6);
  }

  @Test
  void aRigsBaselineGivesTheScaleAndNothingElse() {
    Rigid3 rigFromRight = new Rigid3(Rotation.IDENTITY, new Vector3(0.54, 0, 0));
    List<WindowEntry> windows = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      Rigid3 left = sceneFromWorld.carry(new Rigid3(Rotation.exp(gauss()), gauss().times(10)));
      Rigid3 right =
          left.times(
              new Rigid3(
                  Rotation.exp(gauss().times(0.01)),
                  new Vector3(0.54 * (i == 7 ? 3 : 1) * (1 + 0.03 * random.nextGaussian()), 0, 0)
                      .times(sceneFromWorld.scale())));
      List<FrameEntry> frames =
          List.of(
              Flights.frame("left", i, left, new FramePriors(Rigid3.IDENTITY, null, null)),
              Flights.frame("right", i, right, new FramePriors(rigFromRight, null, null)));
      windows.add(Flights.window(i, frames));
    }
    Registration found = Registrar.register(windows);
    assertThat(found.source()).isEqualTo(Registration.RIG);
    assertThat(found.metricFromScene().scale() * sceneFromWorld.scale()).isCloseTo(1, within(0.03));
    assertThat(found.metricFromScene().rotation()).isEqualTo(Rotation.IDENTITY);
    assertThat(found.observations()).isEqualTo(15);
    assertThat(found.inliers()).isBetween(12L, 14L);
    assertThat(found.rmsM()).isBetween(0.005, 0.05);
  }

  @Test
  void aRigsBaselineCountsWhereItsFocalLengthIsKnownBest() {
    FramePriors onLeft = new FramePriors(Rigid3.IDENTITY, null, null);
    FramePriors onRight =
        new FramePriors(new Rigid3(Rotation.IDENTITY, new Vector3(0.5, 0, 0)), null, null);
    List<WindowEntry> windows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      boolean late = i >= 9;
      FocalEstimate focal = new FocalEstimate(late ? 700 : 600, late ? 0.03 : 0.15);
      ViewRefinement refinement = new ViewRefinement(focal, focal, null);
      Rigid3 right = new Rigid3(Rotation.IDENTITY, new Vector3(late ? 1 : 1.2, 0, 0));
      windows.add(
          Flights.window(
              i,
              List.of(
                  Flights.frame("left", i, Rigid3.IDENTITY, onLeft, refinement),
                  Flights.frame("right", i, right, onRight, refinement))));
    }
    Registration found = Registrar.register(windows);
    assertThat(found.metricFromScene().scale()).isCloseTo(0.5, within(1e-9));
    assertThat(found.observations()).isEqualTo(3);
  }

  @Test
  void withoutPriorsNothingClaimsMetres() {
    List<Rigid3> poses = strips();
    List<FramePriors> none = new ArrayList<>();
    poses.forEach(pose -> none.add(null));
    assertThat(Registrar.register(Flights.windows(poses, sceneFromWorld, none))).isNull();
  }
}
