package io.lite3r.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The import rule of the house (docs/adr/0002-edge-package.md) on compiled classes: a qualified
 * name or a field's type counts as much as an import line.
 */
class LayersTest {
  private static final List<String> SERVICES =
      List.of("capture", "windowing", "reconstruction", "fusion", "console");

  /** What talks to the world; {@code io.lite3r.schemas.scene} is plain records and not in it. */
  private static final String[] THE_WORLD = {
    "io.quarkus..",
    "io.smallrye..",
    "jakarta..",
    "org.eclipse.microprofile..",
    "org.apache.kafka..",
    "io.minio..",
    "okhttp3..",
    "ai.onnxruntime..",
    "org.bytedeco..",
    "com.google.protobuf..",
    "io.opentelemetry..",
    "io.lite3r.schemas.v1..",
    "io.lite3r.objects..",
    "io.lite3r.security..",
    "io.lite3r.telemetry..",
    "java.net.http..",
  };

  @ParameterizedTest
  @FieldSource("SERVICES")
  void insideAServiceOnlyTheEdgeTalks(String service) {
    JavaClasses classes = classesOf(service);
    assertThat(classes).as("compiled classes of " + service).hasSizeGreaterThan(10);
    innerKnowsNoWorld(service).check(classes);
    innerKnowsNoEdge(service).check(classes);
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void servicesKnowNoOtherService(String service) {
    String[] others =
        SERVICES.stream()
            .filter(other -> !other.equals(service))
            .map(other -> "io.lite3r." + other + "..")
            .toArray(String[]::new);
    noClasses().should().dependOnClassesThat(resideInAnyPackage(others)).check(classesOf(service));
  }

  /** Were the rules blind, this would pass them: the edge itself, taken for inner classes. */
  @ParameterizedTest
  @FieldSource("SERVICES")
  void theRuleSeesWhatTheEdgeDoes(String service) {
    ArchRule asIfInner =
        noClasses()
            .that(resideInAPackage("..edge.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage(THE_WORLD));
    assertThat(asIfInner.evaluate(classesOf(service)).hasViolation()).isTrue();
  }

  private static ArchRule innerKnowsNoWorld(String service) {
    return noClasses()
        .that(not(resideInAPackage("io.lite3r." + service + ".edge..")))
        .should()
        .dependOnClassesThat(resideInAnyPackage(THE_WORLD));
  }

  private static ArchRule innerKnowsNoEdge(String service) {
    return noClasses()
        .that(not(resideInAPackage("io.lite3r." + service + ".edge..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.lite3r." + service + ".edge.."));
  }

  private static JavaClasses classesOf(String service) {
    return new ClassFileImporter()
        .importPath(Repository.ROOT.resolve("services/" + service + "/target/classes"));
  }
}
