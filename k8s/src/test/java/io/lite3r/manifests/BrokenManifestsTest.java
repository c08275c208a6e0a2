package io.lite3r.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every rule turns red for what it is there for: an object of the overlay production, whole before,
 * is broken in one place.
 */
class BrokenManifestsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TREE = Path.of(System.getProperty("lite3r.root"));
  private static final Path RENDERED = Path.of(System.getProperty("lite3r.rendered"));
  private static final List<Rule> RULES = rules();
  private static final Overlay WHOLE = overlay();
  private static final List<String> FAULTS_BEFORE = faults(WHOLE);

  /** What is broken: an object, the value at a pointer, and what the fault must say. */
  private record Break(String object, String pointer, String json, String says) {}

  private static final String CONTAINER = "/spec/template/spec/containers/0";

  private static final List<Break> BREAKS =
      List.of(
          // Fields and kinds.
          of(
              "Deployment/fusion",
              CONTAINER + "/securityContext/allowPrivilegeEscalatoin",
              "false",
              "unknown field 'allowPrivilegeEscalatoin'"),
          of("NetworkPolicy/all-to-dns", "/spec/egres", "[]", "unknown field 'egres'"),
          of("HTTPRoute/capture", "/spec/hostname", "\"a\"", "unknown field 'hostname'"),
          of("Deployment/fusion", "/kind", "\"Deploymint\"", "unknown kind Deploymint"),
          of("Deployment/fusion", "/spec/replicas", "\"two\"", "cannot be read"),
          of("KafkaTopic/windows", "/spec/partitons", "4", "partitons"),
          of("KafkaTopic/windows", "/kind", "\"KafkaTopik\"", "unknown kind KafkaTopik"),
          of("Kafka/lite3r", "/spec/kafka/listeners/0/port", "\"9093\"", "string found, integer"),
          of(
              "KafkaUser/fusion",
              "/spec/authorization/acls/0/resource/type",
              "\"topik\"",
              "does not have a value in the enumeration"),
          // Pods.
          of(
              "Deployment/fusion",
              "/spec/template/spec/securityContext/runAsNonRoot",
              "false",
              "runAsNonRoot is not true"),
          of(
              "Deployment/fusion",
              "/spec/template/spec/securityContext/seccompProfile",
              null,
              "seccompProfile is not RuntimeDefault"),
          of(
              "Deployment/fusion",
              CONTAINER + "/securityContext",
              null,
              "readOnlyRootFilesystem is not true"),
          of(
              "Deployment/fusion",
              CONTAINER + "/securityContext/capabilities/drop/0",
              "\"KILL\"",
              "capabilities are not all dropped"),
          of(
              "Deployment/fusion",
              CONTAINER + "/resources/limits/memory",
              null,
              "no limits of memory"),
          of("Deployment/fusion", CONTAINER + "/readinessProbe", null, "no readinessProbe"),
          of(
              "Deployment/fusion",
              "/spec/template/spec/automountServiceAccountToken",
              "true",
              "token is mounted"),
          of(
              "Deployment/capture",
              "/spec/template/spec/terminationGracePeriodSeconds",
              "6",
              "leaves no time after preStop"),
          of(
              "PodDisruptionBudget/fusion",
              "/spec/selector/matchLabels/app.kubernetes.io~1name",
              "\"fuson\"",
              "no PodDisruptionBudget covers it"),
          // References.
          of(
              "Service/console",
              "/spec/selector/app.kubernetes.io~1name",
              "\"consol\"",
              "takes no pod"),
          of("Service/console", "/spec/ports/0/targetPort", "\"htp\"", "has no port htp"),
          of(
              "Deployment/fusion",
              "/spec/selector/matchLabels/app.kubernetes.io~1name",
              "\"fuson\"",
              "does not take its own pods"),
          of(
              "Deployment/fusion",
              CONTAINER + "/envFrom/0/configMapRef/name",
              "\"settings\"",
              "no ConfigMap 'settings'"),
          of(
              "Deployment/fusion",
              "/spec/template/spec/volumes/1/projected/sources/0/secret/name",
              "\"fuson\"",
              "no Secret 'fuson'"),
          of(
              "Deployment/fusion",
              "/spec/template/spec/volumes/1/projected/sources/0/secret/items/0/key",
              "\"passwort\"",
              "has no key 'passwort'"),
          of(
              "Deployment/fusion",
              CONTAINER + "/volumeMounts/0/name",
              "\"temp\"",
              "no volume 'temp'"),
          of(
              "Deployment/fusion",
              "/spec/template/spec/serviceAccountName",
              "\"default\"",
              "no ServiceAccount 'default'"),
          of(
              "HTTPRoute/capture",
              "/spec/rules/0/backendRefs/0/port",
              "80",
              "no Service 'capture' with port 80"),
          of(
              "KafkaUser/fusion",
              "/metadata/labels/strimzi.io~1cluster",
              "\"kafka\"",
              "no Kafka 'kafka'"),
          of("ConfigMap/kafka-scaler", "/kind", "\"Secret\"", "a secret lies in the repository"),
          // Network.
          of(
              "NetworkPolicy/default-deny",
              "/spec/podSelector/matchLabels",
              "{\"a\": \"b\"}",
              "nothing denies what is not named"),
          of("NetworkPolicy/servers-from-gateway", "/spec/ingress/0/from", null, "names no peer"),
          of("NetworkPolicy/services-to-kafka", "/spec/egress/0/ports", null, "names no port"),
          of(
              "NetworkPolicy/services-to-kafka",
              "/spec/podSelector/matchExpressions/0/values/3",
              "\"fuson\"",
              "Deployment/fusion: no flow to Kafka"),
          of(
              "NetworkPolicy/services-to-object-store",
              "/spec/podSelector/matchExpressions/0/values/0",
              "\"windowing\"",
              "access.yaml and the flow to the object store disagree"),
          of(
              "Kafka/lite3r",
              "/spec/kafka/listeners/0/networkPolicyPeers",
              null,
              "listener does not let it in"),
          // Kafka and scaling.
          of("KafkaTopic/windows", "/spec/partitions", "8", "topics.yaml says 4"),
          of("KafkaTopic/windows", "/spec/config/retention.ms", "1", "topics.yaml says 86400000"),
          of("KafkaTopic/windows", "/metadata/name", "\"window\"", "topics.yaml has no such topic"),
          of(
              "Kafka/lite3r",
              "/spec/kafka/config/message.max.bytes",
              "1048576",
              "topics.yaml says 33554432"),
          of("KafkaNodePool/nodes", "/spec/replicas", "2", "there are 2 brokers"),
          of(
              "ScaledObject/reconstruction",
              "/spec/maxReplicaCount",
              "5",
              "above the 4 partitions of windows"),
          of(
              "ScaledObject/reconstruction",
              "/spec/scaleTargetRef/name",
              "\"recon\"",
              "no Deployment 'recon'"),
          of(
              "ScaledObject/reconstruction",
              "/spec/triggers/0/metadata/topic",
              "\"window\"",
              "topics.yaml has no topic 'window'"),
          of("Deployment/reconstruction", "/spec/replicas", "2", "states replicas"),
          // Settings and images.
          of(
              "Deployment/fusion",
              CONTAINER + "/env/0/name",
              "\"LITE3R_FUSION_VOXELS\"",
              "nothing reads LITE3R_FUSION_VOXELS"),
          of(
              "Deployment/fusion",
              CONTAINER + "/env/0/name",
              "\"LITE3R_CAPTURE_ORIGINALS\"",
              "another stage's"),
          of(
              "Deployment/fusion",
              CONTAINER + "/image",
              "\"registry.example/lite3r/fusion:latest\"",
              "is latest"),
          of(
              "Deployment/fusion",
              CONTAINER + "/image",
              "\"registry.example/lite3r/fusion\"",
              "has no tag"),
          of(
              "Deployment/fusion",
              CONTAINER + "/image",
              "\"registry.example/lite3r/fuson:1\"",
              "is not one that images/build makes"),
          of(
              "Deployment/fusion",
              CONTAINER + "/image",
              "\"registry.example/lite3r/console:1\"",
              "runs console"),
          of("Deployment/fusion", CONTAINER + "/ports/0/containerPort", "8081", "serves port 8080"),
          of(
              "Deployment/reconstruction",
              CONTAINER + "/resources/limits/nvidia.com~1gpu",
              null,
              "a GPU is asked for"));

  private static Break of(String object, String pointer, String json, String says) {
    return new Break(object, pointer, json, says);
  }

  @TestFactory
  Stream<DynamicTest> aBrokenManifestIsRefusedByName() {
    return BREAKS.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    "%s %s: %s".formatted(one.object, one.pointer, one.says),
                    () -> {
                      assertThat(FAULTS_BEFORE).noneMatch(fault -> fault.contains(one.says));
                      assertThat(faults(broken(one))).anyMatch(fault -> fault.contains(one.says));
                    }));
  }

  private static List<String> faults(Overlay overlay) {
    return RULES.stream().flatMap(rule -> rule.faults(overlay).stream()).toList();
  }

  private static Overlay broken(Break one) throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    boolean found = false;
    for (Manifest manifest : WHOLE.manifests()) {
      if (manifest.id().equals(one.object)) {
        found = true;
        JsonNode copy = manifest.node().deepCopy();
        set(copy, one.pointer, one.json);
        manifests.add(new Manifest(copy));
      } else {
        manifests.add(manifest);
      }
    }
    assertThat(found).as("%s is in the overlay", one.object).isTrue();
    return new Overlay("broken", manifests);
  }

  /** Sets the value at a pointer, or removes it when there is none to set. */
  private static void set(JsonNode root, String pointer, String json) throws IOException {
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = root.at(pointer.substring(0, slash));
    String key = pointer.substring(slash + 1).replace("~1", "/");
    JsonNode before = parent.deepCopy();
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(key), JSON.readTree(json));
    } else if (json == null) {
      ((ObjectNode) parent).remove(key);
    } else {
      ((ObjectNode) parent).set(key, JSON.readTree(json));
    }
    assertThat(parent).as("%s changes something", pointer).isNotEqualTo(before);
  }

  private static List<Rule> rules() {
    try {
      return ManifestCheck.rules(TREE, RENDERED, Path.of(System.getProperty("lite3r.strimzi")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Overlay overlay() {
    try {
      return Overlay.read(RENDERED.resolve("production.yaml"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
