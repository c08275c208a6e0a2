package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Bytes of release 1 read today. They were written once, by this class under {@code
 * -Dlite3r.release=v1}, which adds files that are missing and changes none.
 */
class ReleasedRecordsTest {
  @BeforeAll
  static void releaseOnRequest() throws IOException {
    if ("v1".equals(System.getProperty("lite3r.release"))) {
      Files.createDirectories(Released.V1);
      for (Map.Entry<String, Message> example : ReleasedExamples.v1().entrySet()) {
        writeOnce(file(example.getKey()), example.getValue().toByteArray());
      }
      FileDescriptorSet.Builder set = Descriptors.current().toBuilder();
      set.getFileBuilderList().forEach(f -> f.clearSourceCodeInfo());
      writeOnce(Released.V1.resolve("records.desc"), set.build().toByteArray());
    }
  }

  @Test
  void everyReleasedRecordStillDecodesToWhatItSaid() throws IOException {
    for (Map.Entry<String, Message> example : ReleasedExamples.v1().entrySet()) {
      Message expected = example.getValue();

      Message read =
          expected.getParserForType().parseFrom(Files.readAllBytes(file(example.getKey())));

      assertThat(read).as(example.getKey()).isEqualTo(expected);
      assertThat(read.getUnknownFields().asMap()).as("unknown in " + example.getKey()).isEmpty();
    }
  }

  @Test
  void everyKindOfRecordHasItsBytesAndNothingElseLiesThere() throws IOException {
    try (Stream<Path> files = Files.list(Released.V1)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("records.desc"),
                      ReleasedExamples.v1().keySet().stream().map(n -> n + ".binpb"))
                  .toList());
    }
  }

  /** A field that no example sets would be a field whose bytes nobody has kept. */
  @Test
  void theExamplesSetEveryFieldOfTheRelease() throws IOException {
    Set<String> released =
        new Descriptors(Descriptors.released())
            .fields.stream().map(Descriptors.Declared::name).collect(Collectors.toSet());
    Set<String> set = new TreeSet<>();
    ReleasedExamples.v1().values().forEach(message -> collect(message, set));

    Set<String> unset = new TreeSet<>(released);
    unset.removeAll(set);
    assertThat(unset).isEmpty();
  }

  private static void collect(Message message, Set<String> set) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              set.add(field.getFullName());
              if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                List<Message> children = new ArrayList<>();
                if (value instanceof List<?> many) {
                  many.forEach(child -> children.add((Message) child));
                } else {
                  children.add((Message) value);
                }
                children.forEach(child -> collect(child, set));
              }
            });
  }

  private static Path file(String name) {
    return Released.V1.resolve(name + ".binpb");
  }

  private static void writeOnce(Path file, byte[] bytes) throws IOException {
    if (!Files.exists(file)) {
      Files.write(file, bytes);
    }
  }
}
