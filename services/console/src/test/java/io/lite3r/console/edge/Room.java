package io.lite3r.console.edge;

import com.google.protobuf.ByteString;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.SceneManifest.Capture;
import io.lite3r.schemas.scene.SceneManifest.Model;
import io.lite3r.schemas.scene.SceneManifest.Tile;
import io.lite3r.schemas.scene.SceneManifest.WindowChunk;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowList;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Fused;
import io.lite3r.schemas.v1.Rejected;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.SceneUpdate;
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
  SceneManifest publish(double[] wall, int framesPerCamera) {
    version++;
    List<Tile> tiles =
        List.of(
            tile("0_0_0", floor()),
            tile(
                "0_0_1",
                new Quads()
                    .add(at(-2, 1, 4), at(4, 0, 0), at(0, -2, 0), wall[0], wall[1], wall[2])),
            tile(
                "1_0_0",
                new Quads().add(at(-2, 1, 1), at(0, 0, 3), at(0, -2, 0), 0.02, 0.05, 0.6)));
    WindowList windows = new WindowList(SceneJson.WINDOWS_FORMAT, List.of(window(framesPerCamera)));
    byte[] windowsJson = SceneJson.write(windows);
    ObjectRef chunk = put("application/json", windowsJson, sha -> SceneKeys.windows(scene, sha));
    long frames = 2L * framesPerCamera;
    String digest = "%064x".formatted(version);
    SceneManifest manifest =
        new SceneManifest(
            SceneJson.MANIFEST_FORMAT,
            scene,
            version,
            null,
            digest,
            "metre",
            0.02,
            nowNs(),
            1,
            frames,
            1,
            List.of(new Model("test-plane", "00")),
            List.of(new Capture("run-1", false, 1, -1)),
            tiles,
            List.of(new WindowChunk(0, 1, chunk)),
            null);
    ObjectRef ref =
        put(
            "application/json",
            SceneJson.write(manifest),
            sha -> SceneKeys.manifest(scene, version, sha));
    SceneHead head =
        new SceneHead(SceneJson.HEAD_FORMAT, scene, version, ref, digest, 1, frames, nowNs());
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
    return manifest;
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

  private WindowEntry window(int framesPerCamera) {
    List<FrameEntry> frames = new ArrayList<>();
    for (int i = 0; i < framesPerCamera; i++) {
      frames.add(entry("left", i, -0.3 - 0.2 * i));
      frames.add(entry("right", i, 0.3 + 0.2 * i));
    }
    return new WindowEntry(
        0,
        0,
        "w0",
        "o0",
        "run-1",
        version,
        nowNs(),
        WindowEntry.WindowStatus.FUSED,
        null,
        0,
        Sim3.IDENTITY,
        null,
        null,
        frames);
  }

  private static FrameEntry entry(String camera, long sequence, double x) {
    Intrinsics intrinsics = new Intrinsics(500, 500, 320, 240, 640, 480);
    return new FrameEntry(
        camera,
        sequence,
        sequence * SECOND,
        sequence * SECOND,
        "",
        0,
        640,
        480,
        FrameEntry.FrameStatus.FUSED,
        true,
        2,
        new Rigid3(Rotation.IDENTITY, new Vector3(x, 0, 0)),
        intrinsics,
        intrinsics,
        Affine2.IDENTITY);
  }

  private static Quads floor() {
    return new Quads().add(at(-2, 1, 1), at(4, 0, 0), at(0, 0, 3), 0.3, 0.3, 0.3);
  }

  private Tile tile(String id, Quads quads) {
    ObjectRef mesh = put("model/gltf-binary", quads.glb(), sha -> SceneKeys.tile(scene, sha));
    return new Tile(
        id,
        List.of(-2.0, -1.0, 1.0),
        List.of(2.0, 1.0, 4.0),
        mesh,
        quads.vertices(),
        quads.triangles());
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
