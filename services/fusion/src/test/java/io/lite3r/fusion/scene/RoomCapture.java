package io.lite3r.fusion.scene;

import io.lite3r.fusion.register.Flights;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A camera walking through a box-shaped room with chequered walls: exact depth, exact poses, cut
 * into windows of S views that share O with the next, each window in a random space of its own.
 */
public final class RoomCapture {
  public static final Intrinsics DEPTH_CAMERA = new Intrinsics(60, 60, 40, 30, 80, 60);
  public static final int ORIGINAL_WIDTH = 640;
  public static final int ORIGINAL_HEIGHT = 480;
  public static final SceneManifest.Model MODEL = new SceneManifest.Model("test-model", "00");
  private static final Vector3 HALF = new Vector3(3, 1.5, 4);

  private final String capture;
  private final int frames;
  private final int size;
  private final int overlap;
  private final long firstNumber;
  private final Random random;
  private double depthNoise;
  private boolean gps;

  public RoomCapture(
      String capture, int frames, int size, int overlap, long firstNumber, long seed) {
    this.capture = capture;
    this.frames = frames;
    this.size = size;
    this.overlap = overlap;
    this.firstNumber = firstNumber;
    this.random = new Random(seed);
  }

  /** Relative standard deviation of depth. */
  public RoomCapture withDepthNoise(double noise) {
    depthNoise = noise;
    return this;
  }

  /**
   * Every camera says where on the earth it was: two hundred times as far as in the room, and
   * farther with every frame, so that windows have to move to be where it says.
   */
  public RoomCapture withGps() {
    gps = true;
    return this;
  }

  private static FramePriors gps(int frame) {
    Vector3 metres = roomFromCamera(frame).translation().times(200 * (1 + 0.03 * frame));
    Geodetic place = Flights.at(new Geodetic(46.8426, -91.9946, 198), metres);
    return new FramePriors(
        null,
        null,
        new FramePriors.GpsFix(place.latitudeDeg(), place.longitudeDeg(), place.altitudeM()));
  }

  public static Rigid3 roomFromCamera(int frame) {
    return new Rigid3(
        Rotation.exp(new Vector3(0.02 * Math.sin(frame), 0.09 * frame, 0.01 * frame)),
        new Vector3(0.05 * frame - 1, 0.1 * Math.sin(0.7 * frame), 0.04 * frame - 1));
  }

  /** All windows, the last one being the last S frames. */
  public List<WindowOutcome> windows() {
    List<WindowOutcome> windows = new ArrayList<>();
    int first = 0;
    while (true) {
      int from = Math.max(0, Math.min(first, frames - size));
      windows.add(window(windows.size(), from, Math.min(frames, from + size)));
      if (from + size >= frames) {
        return windows;
      }
      first = from + size - overlap;
    }
  }

  private WindowOutcome window(int index, int from, int to) {
    double scale = Math.exp(0.5 * random.nextGaussian());
    Rotation turn =
        Rotation.exp(
            new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
    Sim3 submapFromRoom =
        new Sim3(
            scale,
            turn,
            new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
    List<WindowOutcome.Source> sources = new ArrayList<>();
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int frame = from; frame < to; frame++) {
      sources.add(
          new WindowOutcome.Source(
              "cam",
              frame,
              1_000L * frame,
              1 + frame,
              frame + ".jpg",
              ORIGINAL_WIDTH,
              ORIGINAL_HEIGHT,
              gps ? gps(frame) : null));
      views.add(
          new WindowOutcome.View(
              view(frame, submapFromRoom),
              Affine2.resize(80, 60, ORIGINAL_WIDTH, ORIGINAL_HEIGHT),
              1 + random.nextDouble()));
    }
    String id = "%s-%d".formatted(capture, index);
    return new WindowOutcome(
        firstNumber + index,
        index,
        id,
        "outcome-" + id,
        capture,
        MODEL,
        sources,
        new WindowOutcome.Geometry(views, new ObjectRef("submaps/" + id, 1, "00", "test")));
  }

  private SubmapView view(int frame, Sim3 submapFromRoom) {
    Rigid3 pose = roomFromCamera(frame);
    int pixels = DEPTH_CAMERA.width() * DEPTH_CAMERA.height();
    float[] depth = new float[pixels];
    float[] confidence = new float[pixels];
    byte[] rgb = new byte[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      Vector3 ray =
          pose.rotation()
              .apply(DEPTH_CAMERA.unproject(i % 80 + 0.5, Math.floorDiv(i, 80) + 0.5, 1));
      double z = distance(pose.translation(), ray);
      Vector3 hit = pose.translation().plus(ray.times(z));
      boolean dark =
          ((int) Math.floor(2 * hit.x() + 0.01)
                      + (int) Math.floor(2 * hit.y() + 0.01)
                      + (int) Math.floor(2 * hit.z() + 0.01)
                  & 1)
              == 0;
      // As a submap object keeps it: half precision.
      depth[i] =
          Float.float16ToFloat(
              Float.floatToFloat16(
                  (float) (z * submapFromRoom.scale() * (1 + depthNoise * random.nextGaussian()))));
      confidence[i] = 1.5f;
      rgb[3 * i] = (byte) (dark ? 60 : 220);
      rgb[3 * i + 1] = (byte) (dark ? 80 : 200);
      rgb[3 * i + 2] = (byte) (dark ? 120 : 160);
    }
    return new SubmapView(depth, confidence, rgb, DEPTH_CAMERA, submapFromRoom.carry(pose));
  }

  /** Along the ray from inside the room to its wall, in multiples of the ray. */
  private static double distance(Vector3 from, Vector3 ray) {
    double x = ((ray.x() > 0 ? HALF.x() : -HALF.x()) - from.x()) / ray.x();
    double y = ((ray.y() > 0 ? HALF.y() : -HALF.y()) - from.y()) / ray.y();
    double z = ((ray.z() > 0 ? HALF.z() : -HALF.z()) - from.z()) / ray.z();
    return Math.min(x, Math.min(y, z));
  }
}
