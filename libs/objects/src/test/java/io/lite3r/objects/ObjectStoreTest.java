package io.lite3r.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.lite3r.schemas.v1.ClaimCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3 server on a real disk. */
class ObjectStoreTest {
  private static final String TYPE = "application/octet-stream";
  @TempDir static Path directory;
  private static S3Proxy server;
  private static ObjectStore store;

  @BeforeAll
  static void startServer() throws Exception {
    server = server(0, directory);
    store = store(server.getPort(), "lite3r", Duration.ofSeconds(20));
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.stop();
  }

  @Test
  void whatWasPutIsReadBackVerified() {
    byte[] bytes = bytes(1, 300_000);

    ClaimCheck check = store.putIfAbsent("a/one", bytes, TYPE);

    assertThat(check.getBucket()).isEqualTo("lite3r");
    assertThat(check.getSizeBytes()).isEqualTo(300_000);
    assertThat(check.getMediaType()).isEqualTo(TYPE);
    assertThat(store.get(check)).isEqualTo(bytes);
  }

  @Test
  void inABucketThatIsNotThereNothingIsFoundAndReadingMakesNone() {
    ObjectStore reader = store(server.getPort(), "nobody-wrote", Duration.ofSeconds(20));

    assertThat(reader.get("a/one")).isEmpty();
    assertThat(reader.list("a/")).isEmpty();
    assertThat(directory.resolve("nobody-wrote")).doesNotExist();
  }

  @Test
  void theFirstWriterWinsAndTheSecondLearnsWhatIsThere() {
    byte[] first = bytes(2, 100);
    ClaimCheck won = store.putIfAbsent("b/contested", first, TYPE);

    ClaimCheck lost = store.putIfAbsent("b/contested", bytes(3, 200), TYPE);

    assertThat(lost).isEqualTo(won);
    assertThat(store.get("b/contested").orElseThrow().bytes()).isEqualTo(first);
  }

  @Test
  void aLargeObjectIsConditionalToo() {
    // Larger than the client's part size: a multipart upload would lose the condition.
    ClaimCheck won = store.putIfAbsent("b/large", bytes(4, 12_000_000), TYPE);

    assertThat(store.putIfAbsent("b/large", bytes(5, 12_000_000), TYPE)).isEqualTo(won);
    assertThat(store.get(won)).hasSize(12_000_000);
  }

  @Test
  void ofManyWritersAtOnceOneWinsAndAllAgree() throws Exception {
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Callable<ClaimCheck>> writers =
          IntStream.range(0, 8)
              .<Callable<ClaimCheck>>mapToObj(
                  i -> () -> store.putIfAbsent("b/race", bytes(i, 1000 + i), TYPE))
              .toList();
      List<ClaimCheck> checks =
          threads.invokeAll(writers).stream().map(Future::resultNow).distinct().toList();

      assertThat(checks).hasSize(1);
    }
  }

  @Test
  void aHeadMovesOnlyFromTheStateThatWasSeen() {
    String first = store.compareAndSwap("c/head", bytes(1, 10), TYPE, null).orElseThrow();
    String second = store.compareAndSwap("c/head", bytes(2, 10), TYPE, first).orElseThrow();

    assertThat(store.compareAndSwap("c/head", bytes(3, 10), TYPE, first)).isEmpty();
    assertThat(store.compareAndSwap("c/head", bytes(3, 10), TYPE, null)).isEmpty();
    assertThat(store.get("c/head").orElseThrow().bytes()).isEqualTo(bytes(2, 10));
    assertThat(store.get("c/head").orElseThrow().etag()).isEqualTo(second);
  }

  @Test
  void aSwapThatIsRepeatedAfterItsAnswerWasLostHasWon() {
    String first = store.compareAndSwap("c/again", bytes(1, 10), TYPE, null).orElseThrow();
    String second = store.compareAndSwap("c/again", bytes(2, 10), TYPE, first).orElseThrow();

    assertThat(store.compareAndSwap("c/again", bytes(2, 10), TYPE, first)).contains(second);
  }

  @Test
  void aHeadThatIsGoneIsNotMoved() {
    String etag = store.compareAndSwap("c/gone", bytes(1, 10), TYPE, null).orElseThrow();
    store.delete(List.of("c/gone"));

    assertThat(store.compareAndSwap("c/gone", bytes(2, 10), TYPE, etag)).isEmpty();
    assertThat(store.get("c/gone")).isEmpty();
  }

  @Test
  void anObjectThatWasChangedBehindTheRecordIsRefused() {
    ClaimCheck check = store.putIfAbsent("d/changed", bytes(1, 10), TYPE);
    ClaimCheck forged = check.toBuilder().setSha256(ByteString.copyFrom(new byte[32])).build();

    assertThatThrownBy(() -> store.get(forged))
        .isInstanceOf(ObjectStoreException.Corrupt.class)
        .hasMessageContaining("d/changed");
  }

  @Test
  void anObjectThatIsMissingIsNamed() {
    ClaimCheck check = ClaimCheck.newBuilder().setBucket("lite3r").setKey("d/nowhere").build();

    assertThat(store.get("d/nowhere")).isEmpty();
    assertThatThrownBy(() -> store.get(check))
        .isInstanceOf(ObjectStoreException.Missing.class)
        .hasMessageContaining("d/nowhere");
  }

  @Test
  void aSceneIsListedAndDeletedByItsPrefix() {
    for (int i = 0; i < 12; i++) {
      store.putIfAbsent("scenes/x/%02d".formatted(i), bytes(i, 5), TYPE);
    }
    store.putIfAbsent("scenes/xy/kept", bytes(0, 5), TYPE);

    assertThat(store.list("scenes/x/")).hasSize(12).isSorted().contains("scenes/x/07");
    assertThat(store.deleteAll("scenes/x/")).isEqualTo(12);
    assertThat(store.list("scenes/")).containsExactly("scenes/xy/kept");
    assertThatThrownBy(() -> store.deleteAll("")).hasMessageContaining("whole bucket");
  }

  @Test
  void theProbeLeavesNothingBehind() {
    store.ready();

    assertThat(store.list(".probe/")).isEmpty();
  }

  @Test
  void aWriteWhoseAnswerIsLostIsRepeatedAndStillOurs() throws Exception {
    try (FlakyLink link = new FlakyLink(server.getPort())) {
      ObjectStore far = store(link.port(), "lite3r", Duration.ofSeconds(20));
      far.ready();
      byte[] bytes = bytes(6, 1000);

      link.swallow(3);
      ClaimCheck check = far.putIfAbsent("e/lost", bytes, TYPE);
      link.swallow(2);
      String etag = far.compareAndSwap("e/head", bytes, TYPE, null).orElseThrow();
      link.swallow(2);
      byte[] read = far.get(check);

      assertThat(link.swallowed()).as("answers that were lost").isEqualTo(7);
      assertThat(read).isEqualTo(bytes);
      assertThat(store.get("e/head").orElseThrow().etag()).isEqualTo(etag);
    }
  }

  @Test
  void aServerThatComesLateIsWaitedFor() throws Exception {
    int port = freePort();
    ObjectStore patient = store(port, "late", Duration.ofSeconds(30));
    try (var thread = Executors.newSingleThreadExecutor()) {
      Future<ClaimCheck> put = thread.submit(() -> patient.putIfAbsent("k", bytes(1, 5), TYPE));
      S3Proxy late = server(port, directory);
      try {
        assertThat(put.get().getKey()).isEqualTo("k");
      } finally {
        late.stop();
      }
    }
  }

  @Test
  void aServerThatStaysAwayIsReportedWithTheCure() throws Exception {
    ObjectStore impatient = store(freePort(), "lite3r", Duration.ofMillis(300));

    assertThatThrownBy(impatient::ready)
        .isInstanceOf(ObjectStoreException.Unavailable.class)
        .hasMessageContaining("lite3r.s3.endpoint");
  }

  @Test
  void aWrongKeyIsRefusedAtOnce() {
    ObjectStore stranger =
        new ObjectStore(
            new ObjectStoreSettings(
                URI.create("http://127.0.0.1:" + server.getPort()),
                "somebody",
                "wrong-secret",
                "lite3r",
                Duration.ofSeconds(20)));

    assertThatThrownBy(stranger::ready)
        .isInstanceOf(ObjectStoreException.class)
        .isNotInstanceOf(ObjectStoreException.Unavailable.class)
        .hasMessageContaining("lite3r.s3.access-key");
  }

  @Test
  void aServerThatIgnoresConditionsIsRefused() throws IOException {
    HttpServer liar = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    liar.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("ETag", "\"1\"");
          byte[] body =
              exchange.getRequestMethod().equals("POST")
                  ? "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>".getBytes()
                  : new byte[0];
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    liar.start();
    try {
      ObjectStore trusting = store(liar.getAddress().getPort(), "lite3r", Duration.ofSeconds(5));

      assertThatThrownBy(trusting::ready)
          .hasMessageContaining("ignores If-None-Match")
          .hasMessageContaining("Use a server with conditional writes");
    } finally {
      liar.stop(0);
    }
  }

  private static S3Proxy server(int port, Path directory) throws Exception {
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(new FilesystemNio2BlobStore(directory.toString()))
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "local", "local-secret")
            .build();
    proxy.start();
    return proxy;
  }

  private static ObjectStore store(int port, String bucket, Duration budget) {
    return new ObjectStore(
        new ObjectStoreSettings(
            URI.create("http://127.0.0.1:" + port), "local", "local-secret", bucket, budget));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
