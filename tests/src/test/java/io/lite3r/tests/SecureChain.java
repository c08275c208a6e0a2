package io.lite3r.tests;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreSettings;
import io.lite3r.schemas.access.BucketPolicy;
import io.lite3r.standalone.StackProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The chain with every lock closed: TLS, logins and access rules on the broker, each service under
 * its own user; a gate before the object store that holds each service to its policy; tokens on the
 * APIs. Every part is a process of its own.
 */
final class SecureChain implements AutoCloseable {
  static final String BUCKET = "lite3r";
  private static final List<String> SERVICES =
      List.of("capture", "windowing", "reconstruction", "fusion", "console");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final Map<String, ServiceProcess> services = new LinkedHashMap<>();
  private final StackProcess stack;

  final Path data = Repository.scratch("secure");
  final Map<String, PolicyGate> gates = new LinkedHashMap<>();

  /**
   * @param issuer of the tokens that the services want
   */
  SecureChain(URI issuer) {
    try {
      stack = kept(StackProcess.start(Repository.ROOT, data, "--secure"));
      Forks.register(stack.process());
      // Where policies hold, whoever runs the store makes the bucket.
      objects().ready();
      for (String service : SERVICES) {
        gates.put(service, kept(new PolicyGate(policy(service), URI.create(s3().s3()))));
        services.put(
            service,
            kept(new ServiceProcess(service, data.resolve("logs"), settings(service, issuer))));
      }
      services.values().forEach(ServiceProcess::awaitReady);
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  static PolicyDocument policy(String service) {
    return new PolicyDocument(BucketPolicy.of(service, BUCKET));
  }

  String bootstrapServers() {
    return stack.endpoints().kafka();
  }

  /** What a Kafka client says to be let in as this user. */
  Map<String, Object> login(String user) {
    return new HashMap<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "security.protocol",
            "SASL_SSL",
            "sasl.mechanism",
            "SCRAM-SHA-512",
            "sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password(user)),
            "ssl.truststore.type",
            "PEM",
            "ssl.truststore.location",
            data.resolve("security/ca.pem").toString(),
            "reconnect.backoff.max.ms",
            500));
  }

  String password(String user) {
    try {
      return Files.readString(passwordFile(user));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The store itself, by the credentials of whoever runs it. */
  ObjectStore objects() {
    return new ObjectStore(
        new ObjectStoreSettings(
            URI.create(s3().s3()),
            s3().accessKey(),
            s3().secretKey(),
            BUCKET,
            Duration.ofMinutes(1)));
  }

  ServiceProcess service(String name) {
    return services.get(name);
  }

  /** The ends of the services' logs, for a test that waited in vain. */
  String endsOfLogs() {
    StringBuilder all = new StringBuilder();
    services.values().forEach(service -> all.append(service.endOfLog()).append('\n'));
    return all.toString();
  }

  /** What was answered; of a feed, its first event. */
  record Answer(int status, String body, HttpHeaders headers) {}

  /** One request; without a token when that is null. */
  Answer send(String service, String method, String path, String token, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service(service).uri().resolve(path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<InputStream> response = HTTP.send(request.build(), BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        return new Answer(response.statusCode(), text(response.headers(), in), response.headers());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A whole feed, once it has ended. */
  CompletableFuture<String> feed(String token) {
    HttpRequest request =
        HttpRequest.newBuilder(service("console").uri().resolve("/api/events"))
            .header("Authorization", "Bearer " + token)
            .build();
    return HTTP.sendAsync(request, BodyHandlers.ofString()).thenApply(HttpResponse::body);
  }

  private static String text(HttpHeaders headers, InputStream in) throws IOException {
    if (!headers.firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data:")) {
        return line;
      }
    }
    return "";
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("while closing the secure chain: " + e);
      }
    }
  }

  private Map<String, String> settings(String service, URI issuer) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", bootstrapServers());
    settings.put("lite3r.kafka.user", service);
    settings.put("lite3r.kafka.password-file", passwordFile(service).toString());
    settings.put("lite3r.kafka.ca", data.resolve("security/ca.pem").toString());
    settings.put("lite3r.s3.endpoint", gates.get(service).uri().toString());
    settings.put("lite3r.s3.access-key", s3().accessKey());
    settings.put("lite3r.s3.secret-key", s3().secretKey());
    settings.put("lite3r.oidc.issuer", issuer.toString());
    if (service.equals("console")) {
      settings.put("lite3r.oidc.client-id", "lite3r-page");
      settings.put("lite3r.oidc.page", "http://127.0.0.1:${quarkus.http.port}");
    }
    settings.put("quarkus.otel.sdk.disabled", "true");
    settings.put("lite3r.inference.threads", "1");
    settings.put("lite3r.fusion.threads", "1");
    settings.put("lite3r.model.dir", Repository.TINY_MODEL.toString());
    settings.put("lite3r.windowing.state-dir", data.resolve("windowing").toString());
    return settings;
  }

  private Path passwordFile(String user) {
    return data.resolve("security").resolve(user + ".password");
  }

  private StackProcess.Endpoints s3() {
    return stack.endpoints();
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.add(part);
    return part;
  }
}
