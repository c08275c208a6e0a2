package io.lite3r.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

  @TestFactory
  Stream<DynamicTest> aBrokenManifestIsRefusedByName() throws IOException {
    return breaks().stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    "%s %s: %s".formatted(one.object, one.pointer, one.says),
                    () -> {
                      assertThat(FAULTS_BEFORE).noneMatch(fault -> fault.contains(one.says));
                      assertThat(faults(broken(one))).anyMatch(fault -> fault.contains(one.says));
                    }));
  }

  private static List<Break> breaks() throws IOException {
    try (InputStream in = BrokenManifestsTest.class.getResourceAsStream("breaks")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| "))
          .map(part -> new Break(part[0], part[1], part[2], part[3]))
          .toList();
    }
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
    } else if (json.equals("-")) {
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
      throw new UncheckedIOException(e);
    }
  }

  private static Overlay overlay() {
    try {
      return Overlay.read(RENDERED.resolve("production.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
