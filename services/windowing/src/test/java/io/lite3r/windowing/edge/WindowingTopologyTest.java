package io.lite3r.windowing.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.CameraEnd;
import io.lite3r.schemas.v1.CameraIdle;
import io.lite3r.schemas.v1.CloseReason;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.View;
import io.lite3r.schemas.v1.Window;
import io.lite3r.telemetry.Measurements;
import io.lite3r.telemetry.Names;
import io.lite3r.windowing.Patience;
import io.lite3r.windowing.WindowingRules;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WindowingTopologyTest {
  private static final WindowingRules RULES =
      new WindowingRules(
          4, 1, Duration.ofMillis(25), Duration.ofSeconds(1), Duration.ZERO, 16_000_000);

  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(5), Duration.ofMinutes(10));

  private final Measurements measurements = new Measurements();
  private final TopologyTestDriver driver = driver(RULES);
  private final TestInputTopic<String, byte[]> frames =
      driver.createInputTopic(Topics.FRAMES, new StringSerializer(), new ByteArraySerializer());

  private TopologyTestDriver driver(WindowingRules rules) {
    Properties p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    return new TopologyTestDriver(topology(rules), p);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void windowsCarryTheirViewsAndTheCaptureItsEnd() throws InvalidProtocolBufferException {
    for (int i = 0; i < 6; i++) {
      frames.pipeInput("kitchen", frame("kitchen", "flight", "a", i, "a"));
    }
    frames.pipeInput("kitchen", end("kitchen", "flight", "a"));

    List<Window> windows = windows();
    assertThat(windows).extracting(Window::getNumber).containsExactly(0L, 1L);
    assertThat(windows)
        .extracting(Window::getCloseReason)
        .containsExactly(CloseReason.CLOSE_REASON_FULL, CloseReason.CLOSE_REASON_CAPTURE_ENDED);
    assertThat(windows.get(1).getSharedWithPrevious()).isEqualTo(2);
    assertThat(windows.get(1).getViewsList())
        .extracting(view -> view.getId().getSequence(), view -> view.getView().getJpeg())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2L, jpeg(2)),
            org.assertj.core.groups.Tuple.tuple(3L, jpeg(3)),
            org.assertj.core.groups.Tuple.tuple(4L, jpeg(4)),
            org.assertj.core.groups.Tuple.tuple(5L, jpeg(5)));
    var closed =
        ReconstructionRecord.parseFrom(values(Topics.RECONSTRUCTIONS).getFirst())
            .getCaptureClosed();
    assertThat(closed.getWindowCount()).isEqualTo(2);
    assertThat(closed.getLastWindowNumber()).isEqualTo(1);
  }

  @Test
  void numbersGoOnOverTheCapturesOfAScene() {
    for (String capture : List.of("first", "second")) {
      for (int i = 0; i < 4; i++) {
        frames.pipeInput("kitchen", frame("kitchen", capture, "a", i, "a"));
      }
      frames.pipeInput("kitchen", end("kitchen", capture, "a"));
    }
    for (int i = 0; i < 4; i++) {
      frames.pipeInput("garden", frame("garden", "first", "a", i, "a"));
    }

    assertThat(windows())
        .extracting(Window::getScene, Window::getNumber, Window::getNumberInCapture)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("kitchen", 0L, 0L),
            org.assertj.core.groups.Tuple.tuple("kitchen", 1L, 0L),
            org.assertj.core.groups.Tuple.tuple("garden", 0L, 0L));
  }

  @Test
  void theStoreIsEmptyOfViewsWhenTheCaptureHasEnded() {
    for (int i = 0; i < 9; i++) {
      frames.pipeInput("kitchen", frame("kitchen", "flight", "a", i, "a"));
    }
    assertThat(driver.getKeyValueStore("views").approximateNumEntries()).isEqualTo(4);

    frames.pipeInput("kitchen", end("kitchen", "flight", "a"));

    assertThat(driver.getKeyValueStore("views").approximateNumEntries()).isZero();
  }

  @Test
  void aTimeAtTheEndOfTimeIsSetAsideAndTheRestGoesOn() throws Exception {
    FrameRecord sane = FrameRecord.parseFrom(frame("kitchen", "flight", "a", 9, "a"));
    FrameRecord.Builder late = sane.toBuilder();
    late.getFrameBuilder().setCaptureTimeNs(Long.MAX_VALUE - 1);
    frames.pipeInput("kitchen", late.build().toByteArray());
    for (int i = 0; i < 4; i++) {
      frames.pipeInput("kitchen", frame("kitchen", "flight", "a", i, "a"));
    }

    assertThat(values(Topics.DEAD_LETTERS)).hasSize(1);
    assertThat(windows()).hasSize(1);
  }

  @Test
  void anUndecodableRecordIsSetAsideUntouchedAndTheRestGoesOn() {
    byte[] garbage = {1, 2, 3, 4, 5};
    frames.pipeInput("kitchen", garbage);
    frames.pipeInput("kitchen", new byte[0]);
    for (int i = 0; i < 4; i++) {
      frames.pipeInput("kitchen", frame("kitchen", "flight", "a", i, "a"));
    }

    List<TestRecord<String, byte[]>> dead = records(Topics.DEAD_LETTERS);
    assertThat(dead).hasSize(2);
    assertThat(dead.getFirst().value()).isEqualTo(garbage);
    DeadLetter why = DeadLetter.of(dead.getFirst().headers());
    assertThat(why.stage()).isEqualTo("windowing");
    assertThat(why.reason()).isEqualTo("undecodable");
    assertThat(why.origin()).isEqualTo("frames-0@0");
    assertThat(windows()).hasSize(1);
  }

  @Test
  void theSameIdWithOtherBytesIsSetAside() {
    Frame frame = build("kitchen", "flight", "a", 0, "a");
    byte[] other =
        record(frame.toBuilder().setContentSha256(ByteString.copyFromUtf8("other")).build());
    frames.pipeInput("kitchen", record(frame));
    frames.pipeInput("kitchen", record(frame));
    frames.pipeInput("kitchen", other);

    List<TestRecord<String, byte[]>> dead = records(Topics.DEAD_LETTERS);
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().value()).isEqualTo(other);
    assertThat(DeadLetter.of(dead.getFirst().headers()).reason()).isEqualTo("id_conflict");
  }

  @Test
  void aLateFrameEndsInAnOutcome() throws InvalidProtocolBufferException {
    frames.pipeInput("kitchen", frame("kitchen", "flight", "a", 5, "a"));
    frames.pipeInput("kitchen", frame("kitchen", "flight", "a", 4, "a"));

    FrameOutcome outcome = FrameOutcome.parseFrom(values(Topics.FRAME_OUTCOMES).getFirst());
    assertThat(outcome.getFrame().getSequence()).isEqualTo(4);
    assertThat(outcome.getRejected().getReason()).isEqualTo(RejectionReason.REJECTION_REASON_LATE);
    assertThat(outcome.getRejected().getStage()).isEqualTo("windowing");
    assertThat(outcome.getAcceptedAtNs()).isEqualTo(1004);
  }

  @Test
  void aWindowGoesOnInTheTraceOfItsNewestFrame() {
    for (int i = 0; i < 4; i++) {
      RecordHeaders headers = new RecordHeaders();
      headers.add("traceparent", "00-%032x-%016x-01".formatted(100 + i, 200 + i).getBytes(UTF_8));
      frames.pipeInput(
          new TestRecord<>("kitchen", frame("kitchen", "flight", "a", i, "a"), headers));
    }

    String traceparent =
        new String(
            records(Topics.WINDOWS).getFirst().headers().lastHeader("traceparent").value(), UTF_8);
    assertThat(traceparent).startsWith("00-%032x-".formatted(103));
  }

  @Test
  void aLateFrameAndAMissingPartnerAreCountedOnce() {
    for (String camera : List.of("a", "b")) {
      frames.pipeInput("rig", frame("rig", "run", camera, 0, "a", "b"));
    }
    frames.pipeInput("rig", frame("rig", "run", "a", 1, "a", "b"));
    for (String camera : List.of("a", "b")) {
      frames.pipeInput("rig", frame("rig", "run", camera, 2, "a", "b"));
    }
    frames.pipeInput("rig", frame("rig", "run", "b", 1, "a", "b"));
    frames.pipeInput("rig", frame("rig", "run", "b", 2, "a", "b"));
    frames.pipeInput("rig", end("rig", "run", "a"));
    frames.pipeInput("rig", end("rig", "run", "b"));

    assertThat(counted(Names.WINDOWING_LATE)).isEqualTo(1);
    assertThat(counted(Names.WINDOWING_MISSING)).isEqualTo(1);
    assertThat(counted(Names.WINDOWING_DUPLICATES)).isEqualTo(1);
    assertThat(counted(Names.WINDOWING_REJECTED)).isZero();
    assertThat(values(Topics.FRAME_OUTCOMES)).hasSize(1);
  }

  @Test
  void framesThatFitInNoWindowAreCountedByReason() {
    frames.pipeInput("alone", frame("alone", "run", "a", 0, "a"));
    frames.pipeInput("alone", end("alone", "run", "a"));
    WindowingRules narrow =
        new WindowingRules(4, 1, Duration.ofMillis(25), Duration.ofSeconds(1), Duration.ZERO, 100);
    try (TopologyTestDriver small = driver(narrow)) {
      TestInputTopic<String, byte[]> in =
          small.createInputTopic(Topics.FRAMES, new StringSerializer(), new ByteArraySerializer());
      for (String camera : List.of("a", "b")) {
        in.pipeInput("large", frame("large", "run", camera, 0, "a", "b"));
      }
      in.pipeInput("large", end("large", "run", "a"));
      in.pipeInput("large", end("large", "run", "b"));
    }

    assertThat(counted(Names.WINDOWING_REJECTED, "reason=\"too_large\"")).isEqualTo(1);
    // The one that is left of the pair is alone, too.
    assertThat(counted(Names.WINDOWING_REJECTED, "reason=\"too_few_views\"")).isEqualTo(2);
  }

  @Test
  void theTopologyWritesAndReadsWhatTopicsYamlSaysOfWindowing() {
    Set<String> written = new TreeSet<>();
    Set<String> read = new TreeSet<>();
    for (var subtopology : topology(RULES).describe().subtopologies()) {
      for (TopologyDescription.Node node : subtopology.nodes()) {
        if (node instanceof TopologyDescription.Sink sink) {
          written.add(sink.topic());
        } else if (node instanceof TopologyDescription.Source source) {
          read.addAll(source.topicSet());
        }
      }
    }

    assertThat(written)
        .isEqualTo(topics(topic -> topic.producers().contains("windowing")))
        .isNotEmpty();
    assertThat(read)
        .isEqualTo(topics(topic -> topic.consumers().containsKey("windowing")))
        .isNotEmpty();
  }

  @Test
  void aLiveCameraThatStopsIsRecordedBehindItsFramesAndItsRigGoesOn() throws Exception {
    pipe(live("a", 0), live("b", 0));
    for (int i = 1; i < 9; i++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
      pipe(live("a", i));
    }
    driver.advanceWallClockTime(Duration.ofSeconds(1));

    List<CameraIdle> idles = new ArrayList<>();
    for (byte[] value : values(Topics.FRAMES)) {
      idles.add(FrameRecord.parseFrom(value).getIdle());
    }
    assertThat(idles)
        .isNotEmpty()
        .allMatch(idle -> idle.getCamera().equals("b") && idle.getNoticedAfter() == 0);
    assertThat(windows()).as("of a alone, after the first instant").hasSizeGreaterThan(1);
    assertThat(gauge(Names.WINDOWING_SILENT)).isEqualTo(1);
  }

  @Test
  void aLiveRigThatStopsHasEndedAfterAWhile() throws Exception {
    pipe(live("a", 0), live("b", 0), live("a", 1), live("b", 1));

    driver.advanceWallClockTime(Duration.ofMinutes(11));

    assertThat(
            ReconstructionRecord.parseFrom(values(Topics.RECONSTRUCTIONS).getFirst())
                .getCaptureClosed()
                .getWindowCount())
        .isEqualTo(1);
    assertThat(gauge(Names.WINDOWING_SILENT)).isZero();
  }

  @Test
  void whatWasNoticedIsVoidWhenTheCameraHadSpokenByThen() {
    pipe(live("a", 0), live("b", 0), live("a", 1), live("a", 2), live("a", 3));
    // Noticed when b0 was b's last frame; b1 stands before the record, read or not.
    pipe(live("b", 1), idle("b", 3, 0), noticedEnd("b", 0));
    pipe(live("b", 2), live("b", 3));

    assertThat(values(Topics.FRAME_OUTCOMES)).as("late frames").isEmpty();
    assertThat(windows()).hasSize(3);
  }

  @Test
  void aFolderThatIsPlayedIsNotWatched() {
    pipe(
        frame("kitchen", "flight", "a", 0, "a", "b"), frame("kitchen", "flight", "b", 0, "a", "b"));
    for (int i = 1; i < 9; i++) {
      driver.advanceWallClockTime(Duration.ofSeconds(10));
      pipe(frame("kitchen", "flight", "a", i, "a", "b"));
    }
    driver.advanceWallClockTime(Duration.ofHours(1));

    assertThat(values(Topics.FRAMES)).isEmpty();
  }

  private void pipe(byte[]... records) {
    for (byte[] record : records) {
      frames.pipeInput("kitchen", record);
    }
  }

  private static byte[] live(String camera, int sequence) {
    return record(
        build("kitchen", "flight", camera, sequence, "a", "b").toBuilder().setLive(true).build());
  }

  private static byte[] idle(String camera, int untilSeconds, long noticedAfter) {
    return FrameRecord.newBuilder()
        .setIdle(
            CameraIdle.newBuilder()
                .setScene("kitchen")
                .setCapture("flight")
                .setCamera(camera)
                .setSilentUntilNs(untilSeconds * 1_000_000_000L)
                .setNoticedAfter(noticedAfter))
        .build()
        .toByteArray();
  }

  private static byte[] noticedEnd(String camera, long noticedAfter) {
    return FrameRecord.newBuilder()
        .setEnd(
            CameraEnd.newBuilder()
                .setScene("kitchen")
                .setCapture("flight")
                .setCamera(camera)
                .setNoticedAfter(noticedAfter))
        .build()
        .toByteArray();
  }

  private double gauge(String name) {
    String line = name.replace('.', '_');
    return new String(measurements.prometheusText(), UTF_8)
        .lines()
        .filter(l -> l.startsWith(line))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static Set<String> topics(Predicate<Topic> wanted) {
    return Topics.all().stream()
        .filter(wanted)
        .map(Topic::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Topology topology(WindowingRules rules) {
    return WindowingTopology.of(
        rules,
        PATIENCE,
        new WindowTelemetry(OpenTelemetry.noop().getTracer("test"), measurements.meter()));
  }

  /** A counter as Prometheus would read it; all lines of the name that have the label. */
  private long counted(String name, String... labels) {
    String line = name.replace('.', '_') + "_total{";
    return new String(measurements.prometheusText(), UTF_8)
        .lines()
        .filter(l -> l.startsWith(line) && List.of(labels).stream().allMatch(l::contains))
        .mapToLong(l -> (long) Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  private List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    for (TestRecord<String, byte[]> record : records(Topics.WINDOWS)) {
      try {
        Window window = Window.parseFrom(record.value());
        assertThat(record.key()).isEqualTo(window.getId());
        windows.add(window);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
    return windows;
  }

  private List<byte[]> values(String topic) {
    return records(topic).stream().map(TestRecord::value).toList();
  }

  private List<TestRecord<String, byte[]>> records(String topic) {
    TestOutputTopic<String, byte[]> out =
        driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
    return out.readRecordsToList();
  }

  private static byte[] frame(
      String scene, String capture, String camera, int sequence, String... rig) {
    return record(build(scene, capture, camera, sequence, rig));
  }

  private static Frame build(
      String scene, String capture, String camera, int sequence, String... rig) {
    return Frame.newBuilder()
        .setId(
            FrameId.newBuilder()
                .setScene(scene)
                .setCapture(capture)
                .setCamera(camera)
                .setSequence(sequence))
        .setCaptureTimeNs(sequence * 1_000_000_000L)
        .setAcceptedAtNs(1000 + sequence)
        .setContentSha256(ByteString.copyFromUtf8("sha-" + sequence))
        .setView(View.newBuilder().setJpeg(jpeg(sequence)).setWidth(640).setHeight(480))
        .addAllRigCameras(List.of(rig))
        .build();
  }

  private static byte[] record(Frame frame) {
    return FrameRecord.newBuilder().setFrame(frame).build().toByteArray();
  }

  private static byte[] end(String scene, String capture, String camera) {
    return FrameRecord.newBuilder()
        .setEnd(CameraEnd.newBuilder().setScene(scene).setCapture(capture).setCamera(camera))
        .build()
        .toByteArray();
  }

  private static ByteString jpeg(int sequence) {
    return ByteString.copyFromUtf8("jpeg of " + sequence);
  }
}
