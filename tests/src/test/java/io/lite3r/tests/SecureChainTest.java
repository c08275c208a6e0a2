package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.tests.SecureChain.Answer;
import io.lite3r.tests.WithSecureChain.Locked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole chain with every lock closed: what belongs to whom gets through, and nothing else. */
@Tag("infra")
@ExtendWith(WithSecureChain.class)
class SecureChainTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> RIG = List.of("left", "right");

  @Test
  void twoTenantsFramesBecomeScenesThatOnlyTheySee(Locked locked) throws Exception {
    SecureChain chain = locked.chain();
    String acme = locked.issuer().token("acme", "capture", "viewer", "operator");
    String zeta = locked.issuer().token("zeta", "capture", "viewer", "operator");
    post(chain, "acme-yard", acme);
    post(chain, "zeta-yard", zeta);
    awaitWhole(chain, "acme-yard", acme);
    awaitWhole(chain, "zeta-yard", zeta);

    assertThat(scenes(chain, acme)).contains("acme-yard").doesNotContain("zeta-yard");
    assertThat(scenes(chain, zeta)).containsExactly("zeta-yard");
    assertThat(get(chain, "/api/events", acme).body()).contains("acme-yard").doesNotContain("zeta");
    // With the same words as for a scene that nobody has.
    assertThat(get(chain, "/api/scenes/zeta-yard", acme).body().replace("zeta-yard", "X"))
        .isEqualTo(get(chain, "/api/scenes/zeta-none", acme).body().replace("zeta-none", "X"));

    readEverything(chain, acme);
    assertThat(send(chain, "POST", "/api/scenes/acme-yard/rollback?version=1", acme).status())
        .isEqualTo(202);
    assertThat(send(chain, "DELETE", "/api/scenes/acme-yard", acme).status()).isEqualTo(202);
    Await.until(
        "the scene to be gone",
        Duration.ofSeconds(60),
        () -> get(chain, "/api/scenes/acme-yard", acme).status() == 404,
        chain::endsOfLogs);
    Await.until(
        "its objects to be gone",
        Duration.ofSeconds(30),
        () -> chain.objects().list("originals/acme-yard/").isEmpty());
    assertThat(chain.objects().list("originals/zeta-yard/")).isNotEmpty();

    everyServiceStayedInsideItsPolicy(chain);
    noSecretIsInALogOrOnACommandLine(chain);
  }

  private static void readEverything(SecureChain chain, String token) throws IOException {
    String scene = "/api/scenes/acme-yard";
    Answer manifest = get(chain, scene + "/manifest", token);
    JsonNode tile = JSON.readTree(manifest.body()).at("/tiles/0/mesh/sha256");
    for (String path :
        List.of(
            scene,
            scene + "/manifest",
            scene + "/versions",
            scene + "/comparison?from=1",
            scene + "/trajectory",
            scene + "/tiles/" + tile.asText() + ".glb",
            scene + "/frames/today/left/0/thumbnail.jpg",
            "/api/health")) {
      assertThat(get(chain, path, token).status()).as(path).isEqualTo(200);
    }
  }

  /** Requests as they came over the wire, judged by the documents that an operator would load. */
  private static void everyServiceStayedInsideItsPolicy(SecureChain chain) {
    chain.gates.forEach(
        (service, gate) -> {
          assertThat(gate.refused()).as(service + " asked for what its policy refuses").isEmpty();
          Set<String> unused = new TreeSet<>(SecureChain.policy(service).grants());
          gate.used()
              .forEach(
                  used ->
                      unused.removeIf(grant -> grant.matches(used.replace(" ", " .*") + "/\\*")));
          System.out.printf(
              "%s used %s; granted and not used here: %s%n", service, gate.used(), unused);
        });
    assertThat(chain.gates.get("windowing").used()).isEmpty();
    assertThat(chain.gates.get("capture").used()).contains("s3:PutObject originals");
    assertThat(chain.gates.get("reconstruction").used())
        .contains("s3:PutObject outcomes", "s3:PutObject submaps");
    assertThat(chain.gates.get("fusion").used())
        .contains("s3:PutObject scenes", "s3:DeleteObject originals", "s3:PutObject tombstones");
    assertThat(chain.gates.get("console").used())
        .contains("s3:GetObject scenes", "s3:ListBucket scenes", "s3:GetObject originals");
  }

  private static void noSecretIsInALogOrOnACommandLine(SecureChain chain) throws IOException {
    StringBuilder said = new StringBuilder();
    try (Stream<Path> logs = Files.list(chain.data.resolve("logs"))) {
      for (Path log : logs.toList()) {
        said.append(Files.readString(log));
      }
    }
    ProcessHandle.current()
        .descendants()
        .forEach(process -> said.append(process.info().commandLine().orElse("")));
    assertThat(said.toString()).contains("lite3r.kafka.user=fusion");
    for (String user : List.of("admin", "node", "capture", "windowing", "fusion", "console")) {
      assertThat(said.toString().contains(chain.password(user)))
          .as("the password of %s is told", user)
          .isFalse();
    }
    assertThat(said.toString()).doesNotContain("storedKey", "serverKey");
  }

  static void post(SecureChain chain, String scene, String token) {
    String rig = "&rig=" + String.join(",", RIG);
    for (Shot shot : Shots.made(RIG, 6, 2)) {
      String path =
          "/v1/scenes/%s/captures/today/cameras/%s/frames?sequence=%d&timestamp=%s%s"
              .formatted(
                  scene, shot.camera(), shot.sequence(), Ledgers.seconds(shot.timeNs()), rig);
      Answer answer = chain.send("capture", "POST", path, token, shot.bytes());
      assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }
    for (String camera : RIG) {
      String path = "/v1/scenes/%s/captures/today/cameras/%s/end?%s".formatted(scene, camera, rig);
      assertThat(chain.send("capture", "POST", path, token, new byte[0]).status()).isEqualTo(202);
    }
  }

  static void awaitWhole(SecureChain chain, String scene, String token) {
    Await.until(
        "every frame of " + scene + " to be fused",
        Duration.ofSeconds(90),
        () ->
            JSON.readTree(get(chain, "/api/scenes/" + scene, token).body())
                    .at("/counts/fused")
                    .asInt()
                == 12,
        () -> get(chain, "/api/scenes/" + scene, token).body() + chain.endsOfLogs());
  }

  private static List<String> scenes(SecureChain chain, String token) throws IOException {
    return JSON.readTree(get(chain, "/api/scenes", token).body()).findValuesAsText("scene");
  }

  private static Answer get(SecureChain chain, String path, String token) {
    return send(chain, "GET", path, token);
  }

  private static Answer send(SecureChain chain, String method, String path, String token) {
    return chain.send("console", method, path, token, null);
  }
}
