package io.lite3r.tests;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** A real Keycloak of its Maven distribution, on loopback, with the realm of the test resources. */
final class Keycloak implements AutoCloseable {
  private static final String VERSION = "26.7.3";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path log;
  private final Process process;
  private final URI realm;

  Keycloak() throws IOException, InterruptedException {
    Path folder = Repository.scratch("keycloak");
    log = folder.resolve("keycloak.log");
    unpack(folder);
    Path home = folder.resolve("keycloak-" + VERSION);
    Path imports = Files.createDirectories(home.resolve("data/import"));
    try (InputStream realmFile = Keycloak.class.getResourceAsStream("/keycloak-realm.json")) {
      Files.copy(Objects.requireNonNull(realmFile), imports.resolve("lite3r-realm.json"));
    }
    int port = Forks.freePort();
    process =
        Forks.start(
            program(
                home.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--import-realm",
                "--http-host=127.0.0.1",
                "--http-port=" + port));
    realm = URI.create("http://127.0.0.1:%d/realms/lite3r".formatted(port));
    URI discovery = URI.create(realm + "/.well-known/openid-configuration");
    Await.until(
        "Keycloak to answer",
        Duration.ofMinutes(6),
        () ->
            HTTP.send(HttpRequest.newBuilder(discovery).build(), BodyHandlers.discarding())
                    .statusCode()
                == 200,
        () -> "see " + log);
  }

  /** The issuer, as its tokens name it. */
  URI issuer() {
    return realm;
  }

  /** An access token by the client's credentials. */
  String token(String client, String secret) throws IOException, InterruptedException {
    HttpResponse<String> response = ask(client, secret);
    if (response.statusCode() != 200) {
      throw new IOException("Keycloak answered %d".formatted(response.statusCode()));
    }
    return new ObjectMapper().readTree(response.body()).get("access_token").asText();
  }

  HttpResponse<String> ask(String client, String secret) throws IOException, InterruptedException {
    String form =
        "grant_type=client_credentials&client_id=%s&client_secret=%s".formatted(client, secret);
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(realm + "/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  /** The script starts a Java of its own, which must not stay behind. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Forks.kill(process);
  }

  private void unpack(Path folder) throws IOException, InterruptedException {
    Process maven =
        Forks.start(
            program(
                Repository.ROOT.resolve("mvnw").toString(),
                "-B",
                "-q",
                "-N",
                "dependency:unpack",
                // It remembers by a mark under target that it has done so, wherever to.
                "-Dmdep.overWriteReleases=true",
                "-Dartifact=org.keycloak:keycloak-quarkus-dist:" + VERSION + ":zip",
                "-DoutputDirectory=" + folder));
    if (maven.waitFor() != 0) {
      throw new IOException("Keycloak's distribution cannot be had, see " + log);
    }
  }

  private ProcessBuilder program(String... command) {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command))
            .directory(Repository.ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // What this JVM was started with is not for that one.
    builder.environment().remove("MAVEN_OPTS");
    return builder;
  }
}
