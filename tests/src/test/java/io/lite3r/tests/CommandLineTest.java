package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneManifest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** {@code ./lite3r} as a process, judged by its exit status, its words and the files it writes. */
class CommandLineTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void runWritesEveryFileOfTheContractAndItsReportAgreesWithTheBroker() throws Exception {
    Path out = Repository.scratch("run-out");
    Path data = Repository.scratch("run-data");
    CommandLine.Ended ended =
        CommandLine.run(
            LIMIT,
            "run",
            Repository.SAMPLE.toString(),
            "--scene",
            "room",
            "--out",
            out.toString(),
            "--data",
            data.toString(),
            "--model",
            Repository.TINY_MODEL.toString());
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.leftBehind()).as("left behind").isEmpty();
    List<Shot> shots = Shots.of(Repository.SAMPLE);
    ResultFolder result = new ResultFolder(out);
    result.isValid(List.of("left", "right"), shots.size() / 2);
    JsonNode report = result.report();
    assertThat(report.at("/frames/accepted").asInt()).isEqualTo(shots.size());
    assertThat(report.at("/frames/fused").asInt()).isEqualTo(shots.size());
    assertThat(report.at("/frames/rejected")).isEmpty();
    agreesWithTheBroker(report, data);
  }

  /**
   * Five services in one process: had a channel bypassed the broker, its topic would hold less than
   * the report counts.
   */
  private static void agreesWithTheBroker(JsonNode report, Path data) {
    try (StackFixture stack = new StackFixture(data);
        TopicLog log = new TopicLog(stack.bootstrapServers())) {
      log.catchUp();
      SceneRecords records = log.scene("room");
      StoredScene stored = StoredScene.read(stack.objects(), "room");
      assertThat(stored.violations()).isEmpty();
      Map<String, Long> counted = new TreeMap<>();
      counted.put("frames", (long) records.frames().size());
      counted.put("windows", (long) records.windows().size());
      counted.put("reconstructions", (long) records.reconstructions().size());
      counted.put("ends of captures", (long) records.closed().size());
      counted.put("frame-outcomes", (long) records.outcomes().size());
      counted.put("scene-updates", (long) records.updates().size());
      counted.put("dead-letters", (long) records.deadLetters().size());
      Map<String, Long> reported = new TreeMap<>();
      reported.put("frames", report.at("/frames/accepted").asLong());
      reported.put("windows", report.at("/windows/closed").asLong());
      reported.put("reconstructions", report.at("/windows/closed").asLong());
      reported.put("ends of captures", 1L);
      reported.put("frame-outcomes", report.at("/frames/accepted").asLong());
      reported.put("scene-updates", report.at("/scene/version").asLong());
      reported.put("dead-letters", 0L);
      assertThat(counted).as("records on the broker").isEqualTo(reported);
      SceneHead head = stored.head();
      SceneManifest manifest = stored.manifest();
      assertThat(report.at("/scene/digest").asText()).isEqualTo(head.digest());
      assertThat(report.at("/scene/windows").asLong()).isEqualTo(manifest.windows());
      assertThat(report.at("/model/sha256").asText())
          .isEqualTo(manifest.models().getFirst().sha256());
    }
  }

  @Test
  void aRunWithoutASceneNameIsBadUsageAndSaysSo() throws Exception {
    CommandLine.Ended ended =
        CommandLine.run(LIMIT, "run", Repository.SAMPLE.toString(), "--out", "nowhere");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("--scene");
  }

  @Test
  void aCaptureThatIsNotThereIsBadInputAndSaysWhereItLooked() throws Exception {
    CommandLine.Ended ended =
        CommandLine.run(
            LIMIT, "run", "/no/such/capture", "--scene", "room", "--out", out("absent").toString());
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("/no/such/capture");
    assertThat(ended.leftBehind()).isEmpty();
  }

  @Test
  void aCaptureOfOneImageEndsWithItsReasonAndAReport() throws Exception {
    Path one = Repository.scratch("one-image");
    Files.write(one.resolve("a.jpg"), Shots.of(Repository.SAMPLE).getFirst().bytes());
    Path out = out("one");
    CommandLine.Ended ended =
        CommandLine.run(
            LIMIT,
            "run",
            one.toString(),
            "--scene",
            "room",
            "--out",
            out.toString(),
            "--model",
            Repository.TINY_MODEL.toString());
    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(1);
    assertThat(ended.err()).contains("too_few_views");
    JsonNode report = new ResultFolder(out).report();
    assertThat(report.at("/frames/rejected/too_few_views").asInt()).isEqualTo(1);
  }

  @Test
  void aProviderThatThisBuildLacksIsBadUsage() throws Exception {
    CommandLine.Ended ended =
        CommandLine.run(
            LIMIT,
            "run",
            Repository.SAMPLE.toString(),
            "--scene",
            "room",
            "--out",
            out("provider").toString(),
            "--provider",
            "cuda");
    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(2);
    assertThat(ended.err()).contains("cuda");
  }

  @Test
  void aFolderWithoutImagesIsBadInputAndLeavesNothingBehind() throws Exception {
    Path empty = Repository.scratch("no-images");
    Files.writeString(empty.resolve("notes.txt"), "no image here");
    CommandLine.Ended ended =
        CommandLine.run(
            LIMIT,
            "run",
            empty.toString(),
            "--scene",
            "room",
            "--out",
            out("empty").toString(),
            "--model",
            Repository.TINY_MODEL.toString());
    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(2);
    assertThat(ended.err()).contains(empty.toString());
    assertThat(ended.leftBehind()).isEmpty();
  }

  @Test
  void theDemoEndsWithItsOwnAccuracyAgainstTheTruth() throws Exception {
    Assumptions.assumeTrue(
        Files.isRegularFile(Repository.SHIPPED_MODEL.resolve("contract.json")),
        "the shipped model is not in " + Repository.SHIPPED_MODEL);
    Path out = out("demo");
    CommandLine.Ended ended = CommandLine.run(LIMIT, "demo", "--once", "--out", out.toString());
    System.out.printf("demo --once took %d s%n", ended.took().toSeconds());
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out()).containsPattern(Pattern.compile("accuracy +.*\\d"));
    assertThat(ended.leftBehind()).isEmpty();
    new ResultFolder(out).isValid(List.of("left", "right"), 18);
    new ExportedGeometry(out, Repository.SAMPLE).isTrueWithin(0.15);
  }

  /** What services do before they are ready must not look like work that somebody gave them. */
  @Test
  void whatIsUpIsWarmAndHasRecordedStoredAndCountedNothing() throws Exception {
    Path data = Repository.scratch("warm-data");
    String port = Integer.toString(Forks.freePort());
    try (CommandLine.Running running =
        CommandLine.start(
            "up",
            "--port",
            port,
            "--data",
            data.toString(),
            "--model",
            Repository.TINY_MODEL.toString())) {
      running.awaitWords("is up");
      assertThat(Files.readAllLines(data.resolve("logs/services.log")))
          .as("lines of capture, windowing, reconstruction and fusion")
          .filteredOn(line -> line.contains("warmed up in"))
          .hasSize(4);

      JsonNode stack = new ObjectMapper().readTree(data.resolve("stack.json").toFile());
      try (TopicLog log = new TopicLog(stack.get("kafka").asText())) {
        assertThat(log.endOffsets())
            .isNotEmpty()
            .allSatisfy((topic, end) -> assertThat(end).isZero());
      }
      try (Stream<Path> objects = Files.walk(data.resolve("objects"))) {
        assertThat(objects.filter(Files::isRegularFile)).isEmpty();
      }
      assertThat(metrics(port))
          .filteredOn(line -> line.matches("lite3r_.*_(total|count)(\\{.*})? .*"))
          .isNotEmpty()
          .allMatch(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) == 0);
    }
  }

  private static List<String> metrics(String port) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:%s/metrics".formatted(port));
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofLines())
          .body()
          .toList();
    }
  }

  /** Whoever started it may be killed without a word: the stack notices by its standard input. */
  @Test
  void killedOrAskedToStopItLeavesNoProcessAndItListensOnLoopbackOnly() throws Exception {
    Path data = Repository.scratch("up-data");
    String[] up = {
      "up", "--port", "0", "--data", data.toString(), "--model", Repository.TINY_MODEL.toString()
    };
    try (CommandLine.Running running = CommandLine.start(up)) {
      running.awaitWords("is up");
      List<ProcessHandle> stack = running.process().descendants().toList();
      assertThat(stack).as("the stack's process").hasSize(1);
      for (ProcessHandle process : List.of(running.process().toHandle(), stack.getFirst())) {
        assertThat(ListeningSockets.of(process.pid()))
            .as(process.info().commandLine().orElse(""))
            .isNotEmpty()
            .allSatisfy(address -> assertThat(address.isLoopbackAddress()).isTrue());
      }

      running.process().destroyForcibly();

      Await.until("the stack to end by itself", LIMIT, () -> !stack.getFirst().isAlive());
    }
    // Over the same folder, so that it also comes back after the kill.
    try (CommandLine.Running running = CommandLine.start(up)) {
      running.awaitWords("is up");
      ProcessHandle stack = running.process().descendants().findFirst().orElseThrow();

      running.process().destroy();

      Await.until(
          "both to end when asked to",
          Duration.ofSeconds(30),
          () -> !running.process().isAlive() && !stack.isAlive(),
          running::said);
      assertThat(running.processes()).isEmpty();
    }
  }

  private static Path out(String name) {
    return Repository.scratch("out-" + name);
  }
}
