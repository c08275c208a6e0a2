package io.lite3r.console.edge;

import com.google.protobuf.ByteString;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Fused;
import io.lite3r.schemas.v1.Rejected;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.SceneUpdate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A room of a floor, a red and a blue wall, published as fusion publishes: objects first, then the
 * record. Its red wall can be painted anew, which changes one tile of three.
 */
final class Room implements AutoCloseable {
  static final double[] RED = {0.8, 0.02, 0.02};
  static final double[] GREEN = {0.02, 0.6, 0.02};
  private static final long SECOND = 1_000_000_000L;

  private final String scene;
  private final ObjectStore store;
  private final KafkaProducer<String, byte[]> producer;
  private final List<SceneHistory.Kept> history = new ArrayList<>();
  private long version;

  Room(String scene, ObjectStore store, String bootstrapServers) {
    this.scene = scene;
    this.store = store;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Objects and update of the next version, with so many frames of each of two cameras. */
  String publish(double[] wall, int framesPerCamera) {
    version++;
    List<String> tiles =
        List.of(
            tile("0_0_0", floor()),
            tile(
                "0_0_1",
                new Quads()
                    .add(at(-2, 1, 4), at(4, 0, 0), at(0, -2, 0), wall[0], wall[1], wall[2])),
            tile(
                "1_0_0",
                new Quads().add(at(-2, 1, 1), at(0, 0, 3), at(0, -2, 0), 0.02, 0.05, 0.6)));
    byte[] windows = windows(framesPerCamera).getBytes(StandardCharsets.UTF_8);
    ObjectRef chunk = put("application/json", windows, sha -> SceneKeys.windows(scene, sha));
    byte[] photograph = JpegWriter.encode(new RgbImage(640, 480, new byte[3 * 640 * 480]), 0.8);
    store.putIfAbsent(
        "originals/%s/run-1/right/%d".formatted(scene, framesPerCamera - 1),
        photograph,
        "image/jpeg");
    String named = "{\"named\":\"%s.glb\"}".formatted(Sha256.hex(floor().glb()));
    ObjectRef tileset =
        put(
            "application/json",
            named.getBytes(StandardCharsets.UTF_8),
            sha -> SceneKeys.tileset(scene, sha));
    long frames = 2L * framesPerCamera;
    String digest = "%064x".formatted(version);
    String manifest =
        """
        {"format": "lite3r-scene/1", "scene": "%s", "version": %d, "digest": "%s", "unit": "metre",
         "voxel_size": 0.02, "published_at_ns": %d, "windows": 1, "frames": %d, "next_window": 1,
         "models": [], "captures": [{"capture": "run-1", "closed": false, "windows": 1,
         "window_count": -1}], "tiles": [%s],
         "window_chunks": [{"first_number": 0, "count": 1, "object": %s}],
         "detail": {"tileset": %s, "levels": %s}}\
        """
            .formatted(
                scene,
                version,
                digest,
                nowNs(),
                frames,
                String.join(",", tiles),
                json(chunk),
                json(tileset),
                json(tileset));
    ObjectRef ref =
        put(
            "application/json",
            manifest.getBytes(StandardCharsets.UTF_8),
            sha -> SceneKeys.manifest(scene, version, sha));
    history.add(
        SceneHistory.Kept.of(
            SceneJson.readManifest(manifest.getBytes(StandardCharsets.UTF_8)), ref));
    ObjectRef kept =
        put(
            "application/json",
            SceneJson.write(new SceneHistory(SceneJson.HISTORY_FORMAT, history)),
            sha -> SceneKeys.history(scene, sha));
    SceneHead head =
        new SceneHead(SceneJson.HEAD_FORMAT, scene, version, ref, digest, 1, frames, nowNs(), kept);
    String key = SceneKeys.head(scene);
    store.compareAndSwap(
        key,
        SceneJson.write(head),
        "application/json",
        store.get(key).map(object -> object.etag()).orElse(null));
    send(
        Topics.SCENE_UPDATES,
        SceneUpdate.newBuilder()
            .setScene(scene)
            .setVersion(version)
            .setManifest(
                ClaimCheck.newBuilder()
                    .setBucket(store.bucket())
                    .setKey(ref.key())
                    .setSizeBytes(ref.sizeBytes())
                    .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(ref.sha256()))))
            .setDigest(ByteString.copyFrom(HexFormat.of().parseHex(digest)))
            .setWindows(1)
            .setFrames(frames)
            .setNewestAcceptedAtNs(nowNs() - 2 * SECOND)
            .setPublishedAtNs(nowNs())
            .build()
            .toByteArray());
    return digest;
  }

  void fused(String camera, long sequence) {
    outcome(
        FrameOutcome.newBuilder()
            .setFrame(frame(camera, sequence))
            .setFused(Fused.newBuilder().setVersion(version))
            .setAcceptedAtNs(nowNs() - SECOND));
  }

  void rejected(String camera, long sequence, RejectionReason reason, String stage, String detail) {
    outcome(
        FrameOutcome.newBuilder()
            .setFrame(frame(camera, sequence))
            .setAcceptedAtNs(stage.equals("capture") ? 0 : nowNs() - SECOND)
            .setRejected(
                Rejected.newBuilder().setReason(reason).setStage(stage).setDetail(detail)));
  }

  void deleted() {
    send(
        Topics.SCENE_UPDATES,
        SceneUpdate.newBuilder()
            .setScene(scene)
            .setVersion(version)
            .setPublishedAtNs(nowNs())
            .setDeleted(true)
            .build()
            .toByteArray());
  }

  void send(String topic, byte[] value) {
    producer.send(new ProducerRecord<>(topic, scene, value));
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }

  private void outcome(FrameOutcome.Builder outcome) {
    send(Topics.FRAME_OUTCOMES, outcome.setAtNs(nowNs()).build().toByteArray());
  }

  private FrameId frame(String camera, long sequence) {
    return FrameId.newBuilder()
        .setScene(scene)
        .setCapture("run-1")
        .setCamera(camera)
        .setSequence(sequence)
        .build();
  }

  /** Written as JSON text: fields that are added to the schemas do not concern this test. */
  private String windows(int framesPerCamera) {
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < framesPerCamera; i++) {
      frames.add(frame("left", i, -0.3 - 0.2 * i));
      frames.add(frame("right", i, 0.3 + 0.2 * i));
    }
    return """
    {"format": "lite3r-scene-windows/1", "windows": [{"number": 0, "number_in_capture": 0,
     "window_id": "w0", "outcome_key": "o0", "capture": "run-1", "version": %d,
     "published_at_ns": %d, "status": "fused", "chain": 0, "frames": [%s]}]}\
    """
        .formatted(version, nowNs(), String.join(",", frames));
  }

  private static String frame(String camera, long sequence, double x) {
    return """
    {"camera": "%s", "sequence": %d, "capture_time_ns": %d, "status": "fused", "best": true,
     "mean_confidence": 2, "original_width": 640, "original_height": 480, "source_name": "",
     "scene_from_camera": {"rotation": {"w": 1, "x": 0, "y": 0, "z": 0},
      "translation": {"x": %s, "y": 0, "z": 0}},
     "intrinsics": {"fx": 500, "fy": 500, "cx": 320, "cy": 240, "width": 640, "height": 480,
      "distortion": []}}\
    """
        .formatted(camera, sequence, sequence * SECOND, x);
  }

  private static Quads floor() {
    return new Quads().add(at(-2, 1, 1), at(4, 0, 0), at(0, 0, 3), 0.3, 0.3, 0.3);
  }

  private String tile(String id, Quads quads) {
    ObjectRef mesh = put("model/gltf-binary", quads.glb(), sha -> SceneKeys.tile(scene, sha));
    return """
    {"id": "%s", "min": [-2, -1, 1], "max": [2, 1, 4], "vertices": %d, "triangles": %d, "mesh": %s}\
    """
        .formatted(id, quads.vertices(), quads.triangles(), json(mesh));
  }

  private static String json(ObjectRef ref) {
    return """
    {"key": "%s", "size_bytes": %d, "sha256": "%s", "media_type": "%s"}\
    """
        .formatted(ref.key(), ref.sizeBytes(), ref.sha256(), ref.mediaType());
  }

  private interface KeyOf {
    String sha256(String sha256);
  }

  private ObjectRef put(String mediaType, byte[] bytes, KeyOf key) {
    String sha256 = Sha256.hex(bytes);
    String name = key.sha256(sha256);
    store.putIfAbsent(name, bytes, mediaType);
    return new ObjectRef(name, bytes.length, sha256, mediaType);
  }

  private static double[] at(double x, double y, double z) {
    return new double[] {x, y, z};
  }

  static long nowNs() {
    return System.currentTimeMillis() * 1_000_000;
  }
}
