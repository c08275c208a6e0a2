package io.lite3r.fusion.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.register.Flights;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Windows that move once more is known of where their cameras were. */
class SettlingTest {
  private static final Path ROOM =
      Path.of("").toAbsolutePath().resolve("../../samples/two-camera-room").normalize();
  private static final Geodetic ORIGIN = new Geodetic(46.8426, -91.9946, 198);

  /** The room's camera path becomes one of fifty metres. */
  private static final double LARGER = 25;

  private static final WindowErrors WORSE = new WindowErrors(4, 0.1, 0, 0.05, 0.05, 0.1, 0.2, 0.1);

  private final Parallel parallel = new Parallel(2);

  @AfterEach
  void stopThreads() {
    parallel.close();
  }

  /** Every third frame keeps its position for itself. */
  private static List<TrueFrame> flight(boolean withGps) {
    Random random = new Random(2);
    List<TrueFrame> frames = new ArrayList<>();
    for (TrueFrame frame : TrueCapture.read(ROOM, 80)) {
      TrueFrame larger = larger(frame);
      Vector3 error =
          new Vector3(random.nextGaussian(), random.nextGaussian(), 2 * random.nextGaussian());
      Geodetic place =
          Flights.at(ORIGIN, larger.worldFromCamera().translation().plus(error.times(0.5)));
      boolean told = withGps && frames.size() % 3 != 1;
      frames.add(
          larger.with(
              told
                  ? new FramePriors(
                      null,
                      null,
                      new FramePriors.GpsFix(
                          place.latitudeDeg(), place.longitudeDeg(), place.altitudeM()))
                  : null));
    }
    return frames;
  }

  private static TrueFrame larger(TrueFrame frame) {
    float[] depth = frame.depth().clone();
    for (int i = 0; i < depth.length; i++) {
      depth[i] *= (float) LARGER;
    }
    return new TrueFrame(
        frame.camera(),
        frame.sequence(),
        new Rigid3(
            frame.worldFromCamera().rotation(),
            frame.worldFromCamera().translation().times(LARGER)),
        frame.intrinsics(),
        depth,
        frame.rgb());
  }

  private FusedScene fuse(List<WindowOutcome> windows) {
    FusedScene scene =
        new FusedScene(
            FusionRules.SERVED.withVoxelSize(OptionalDouble.of(0.5)), new Integrator(parallel));
    for (WindowOutcome window : windows) {
      scene.apply(window);
      scene.settle(entry -> planes(windows, entry));
    }
    scene.captureEnded("capture", windows.size());
    scene.settle(entry -> planes(windows, entry));
    return scene;
  }

  private static List<SubmapView> planes(List<WindowOutcome> windows, WindowEntry entry) {
    return ((WindowOutcome.Geometry) windows.get((int) entry.number()).result()).planes();
  }

  /** Level root mean square error of the frames without position, metres, without a fit. */
  private static double withheldError(FusedScene scene, List<TrueFrame> frames) {
    Registration registration = scene.registration();
    assertThat(registration).isNotNull();
    assertThat(registration.source()).isEqualTo(Registration.GPS);
    Rigid3 originFromRegistered =
        ORIGIN.ecefFromEastNorthUp().inverse().times(registration.origin().ecefFromEastNorthUp());
    double sum = 0;
    int count = 0;
    for (WindowEntry window : scene.windows()) {
      for (FrameEntry entry : window.frames()) {
        TrueFrame truth =
            frames.stream()
                .filter(f -> f.camera().equals(entry.camera()) && f.sequence() == entry.sequence())
                .findFirst()
                .orElseThrow();
        if (entry.best() && truth.priors() == null) {
          Vector3 gap =
              originFromRegistered
                  .apply(
                      registration.metricFromScene().apply(entry.sceneFromCamera().translation()))
                  .minus(truth.worldFromCamera().translation());
          sum += gap.x() * gap.x() + gap.y() * gap.y();
          count++;
        }
      }
    }
    return Math.sqrt(sum / count);
  }

  @Test
  void framesWhosePositionWasWithheldAreFoundWhereTheyWere() {
    List<TrueFrame> frames = flight(true);
    for (long seed = 1; seed <= 3; seed++) {
      List<WindowOutcome> windows = RandomSpaces.cut(frames, 4, 1, WORSE, seed).windows();
      FusedScene settled = fuse(windows);
      FusedScene stiff =
          new FusedScene(
              FusionRules.SERVED.withVoxelSize(OptionalDouble.of(0.5)), new Integrator(parallel));
      windows.forEach(stiff::apply);
      assertThat(withheldError(settled, frames)).isLessThan(3);
      assertThat(withheldError(settled, frames)).isLessThan(0.75 * withheldError(stiff, frames));
    }
  }

  @Test
  void theFirstWindowStaysAndTheVolumeIsWhatItsWindowsGiveAtTheirNewPlaces() {
    List<WindowOutcome> windows = RandomSpaces.cut(flight(true), 4, 1, WORSE, 5).windows();
    FusedScene scene = fuse(windows);
    assertThat(scene.takeMoved()).isTrue();
    assertThat(scene.takeMoved()).isFalse();
    assertThat(scene.window(0).sceneFromSubmap()).isEqualTo(Sim3.IDENTITY);
    for (WindowEntry entry : scene.windows()) {
      for (FrameEntry frame : entry.frames()) {
        assertThat(frame.sceneFromCamera())
            .isEqualTo(entry.sceneFromSubmap().carry(frame.submapFromCamera()));
      }
    }
    FusedScene again = new FusedScene(FusionRules.SERVED, new Integrator(parallel));
    again.restore(manifest(scene), scene.windows());
    scene.windows().forEach(entry -> again.reintegrate(entry, planes(windows, entry)));
    assertThat(again.digest()).isEqualTo(scene.digest());
    assertThat(fuse(windows).digest()).isEqualTo(scene.digest());
  }

  private static SceneManifest manifest(FusedScene scene) {
    return new SceneManifest(
        "", "s", 1, null, "", "scene", 0.5, 1, 0, 0, 0, List.of(), List.of(), List.of(), List.of(),
        null, null, List.of(), null, null, List.of());
  }

  @Test
  void withoutPositionsNothingMoves() {
    List<WindowOutcome> windows = RandomSpaces.cut(flight(false), 4, 1, WORSE, 6).windows();
    FusedScene scene = fuse(windows);
    assertThat(scene.takeMoved()).isFalse();
    assertThat(scene.registration()).isNull();
    FusedScene plain =
        new FusedScene(
            FusionRules.SERVED.withVoxelSize(OptionalDouble.of(0.5)), new Integrator(parallel));
    windows.forEach(plain::apply);
    assertThat(scene.digest()).isEqualTo(plain.digest());
    assertThat(scene.volume().voxelSize()).isEqualTo(0.5, within(0.0));
  }
}
