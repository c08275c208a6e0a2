package io.lite3r.schemas.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.access.ServiceAccess.ObjectAction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.Test;

class AccessTest {
  private static final Access STATED = Access.stated();

  @Test
  void everyStageOfTopicsYamlHasAnEntryAndNoOtherService() {
    Set<String> stages =
        Topics.all().stream()
            .flatMap(t -> Stream.concat(t.producers().stream(), t.consumers().keySet().stream()))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> single = new TreeSet<>(STATED.services().keySet());
    single.removeAll(STATED.members().keySet());

    assertThat(single).isEqualTo(stages);
  }

  @Test
  void theRulesOfAServiceAreItsTopicsAndWhatItNeedsBesideThem() {
    assertThat(lines("reconstruction"))
        .containsExactlyInAnyOrder(
            "READ GROUP lite3r-reconstruction LITERAL",
            "READ GROUP lite3r-reconstruction-share LITERAL",
            "ALTER_CONFIGS GROUP lite3r-reconstruction-share LITERAL",
            "READ TOPIC windows LITERAL",
            "WRITE TOPIC reconstructions LITERAL",
            "WRITE TOPIC dead-letters LITERAL");
    assertThat(lines("windowing"))
        .contains(
            "CREATE TOPIC lite3r-windowing- PREFIXED",
            "WRITE TRANSACTIONAL_ID lite3r-windowing- PREFIXED")
        .doesNotContain("READ TOPIC windows LITERAL");
  }

  @Test
  void aServiceThatIsSeveralMayWhatTheyMay() {
    Set<String> five =
        STATED.members("standalone").stream()
            .flatMap(service -> lines(service).stream())
            .collect(Collectors.toSet());

    assertThat(lines("standalone")).isEqualTo(five);
    assertThat(STATED.of("standalone").objects().get("originals"))
        .containsExactlyInAnyOrder(ObjectAction.values());
  }

  @Test
  void theGroupsAreThoseThatTheServicesJoin() throws IOException {
    for (String service : List.of("reconstruction", "fusion", "console")) {
      String settings =
          Files.readString(
              Path.of(System.getProperty("lite3r.root"))
                  .resolve("services/%s/src/main/resources/META-INF".formatted(service))
                  .resolve("microprofile-config.properties"));
      List<String> joined =
          settings
              .lines()
              .filter(line -> line.contains(".group.id=") && !line.contains("=${"))
              .map(l -> l.split("=")[1])
              .toList();
      assertThat(joined)
          .isNotEmpty()
          .allMatch(group -> STATED.of(service).groups().stream().anyMatch(g -> covers(g, group)));
    }
  }

  @Test
  void aPolicyAllowsTheStatedPrefixesAndNothingElse() throws IOException {
    JsonNode console = new ObjectMapper().readTree(BucketPolicy.of("console", "lite3r"));

    assertThat(console.at("/Statement")).hasSize(2);
    assertThat(console.at("/Statement/0/Action/0").asText()).isEqualTo("s3:GetObject");
    assertThat(console.at("/Statement/0/Resource"))
        .extracting(JsonNode::asText)
        .containsExactly("arn:aws:s3:::lite3r/originals/*", "arn:aws:s3:::lite3r/scenes/*");
    assertThat(console.at("/Statement/1/Condition/StringLike/s3:prefix/0").asText())
        .isEqualTo("scenes/*");
  }

  @Test
  void whoeverWritesMayProveConditionalWritesAndWhoeverReadsNeedNot() {
    assertThat(STATED.of("capture").objects()).containsKey(ServiceAccess.PROBE);
    assertThat(STATED.of("console").objects()).doesNotContainKey(ServiceAccess.PROBE);
    assertThat(STATED.of("windowing").objects()).isEmpty();
  }

  @Test
  void anUnknownKeyIsRefusedByName() {
    String yaml = "services: {capture: {gruops: [a]}}\nroutes: {}\n";

    assertThatThrownBy(
            () -> Access.parse(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))))
        .hasMessageContaining("capture")
        .hasMessageContaining("gruops");
  }

  private static boolean covers(String stated, String name) {
    return stated.endsWith("*")
        ? name.startsWith(stated.substring(0, stated.length() - 1))
        : name.equals(stated);
  }

  private static Set<String> lines(String service) {
    return KafkaRules.of(service).stream().map(AccessTest::line).collect(Collectors.toSet());
  }

  private static String line(AclBinding rule) {
    return "%s %s %s %s"
        .formatted(
            rule.entry().operation(),
            rule.pattern().resourceType(),
            rule.pattern().name(),
            rule.pattern().patternType());
  }
}
