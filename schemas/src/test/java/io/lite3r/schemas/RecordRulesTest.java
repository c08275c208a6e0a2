package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The records obey the rules, and the rules find what breaks them. */
class RecordRulesTest {
  @Test
  void everyDeclarationIsCommentedAndNamedInStyle() throws IOException {
    assertThat(RecordLint.faults(Descriptors.current())).isEmpty();
  }

  @Test
  void theDescriptorsOfThisBuildHoldTheProtoFilesComments() throws IOException {
    Descriptors all = new Descriptors(Descriptors.current());

    assertThat(all.fields).hasSizeGreaterThan(100);
    assertThat(all.fields)
        .anySatisfy(
            f -> {
              assertThat(f.name()).isEqualTo("lite3r.v1.ClaimCheck.size_bytes");
              assertThat(f.comment()).isEqualTo("Length in bytes.");
            });
  }

  @Test
  void aMissingCommentAndAWrongNameAreFound() throws IOException {
    FileDescriptorSet.Builder set = Descriptors.current().toBuilder();
    FileDescriptorProto.Builder file = file(set, "scene");
    file.addMessageTypeBuilder()
        .setName("bad_name")
        .addField(FieldDescriptorProto.newBuilder().setName("camelCase").setNumber(1));
    file.addEnumTypeBuilder().setName("Mood").addValueBuilder().setName("GOOD").setNumber(0);

    assertThat(RecordLint.faults(set.build()))
        .anyMatch(f -> f.startsWith("lite3r.v1.bad_name has no comment"))
        .anyMatch(f -> f.startsWith("lite3r.v1.bad_name is not named like"))
        .anyMatch(f -> f.startsWith("lite3r.v1.bad_name.camelCase has no comment"))
        .anyMatch(f -> f.startsWith("lite3r.v1.bad_name.camelCase is not named like"))
        .anyMatch(f -> f.startsWith("lite3r.v1.Mood must begin with MOOD_UNSPECIFIED"))
        .anyMatch(f -> f.startsWith("lite3r.v1.Mood.GOOD must begin with MOOD_"));
  }

  @Test
  void nothingThatWasReleasedIsBroken() throws IOException {
    assertThat(RecordCompatibility.breaks(Descriptors.released(), Descriptors.current())).isEmpty();
  }

  @Test
  void addingIsNoBreak() throws IOException {
    assertThat(
            RecordCompatibility.breaks(
                Descriptors.released(),
                changed(
                    "scene",
                    file -> {
                      message(file, "SceneUpdate").addField(field("added", 900));
                      file.addMessageTypeBuilder().setName("Added");
                    })))
        .isEmpty();
  }

  @Test
  void everyKindOfBreakIsFound() throws IOException {
    assertBreak("SceneUpdate was removed", file -> file.removeMessageType(0));
    assertBreak(
        "SceneUpdate was removed or renamed", file -> file.getMessageTypeBuilder(0).setName("New"));
    assertBreak("version = 2 was removed", file -> message(file, "SceneUpdate").removeField(1));
    assertBreak(
        "version = 2 was removed or given another number",
        file -> message(file, "SceneUpdate").getFieldBuilder(1).setNumber(77));
    assertBreak(
        "version = 2 was renamed to revision",
        file -> message(file, "SceneUpdate").getFieldBuilder(1).setName("revision"));
    assertBreak(
        "version = 2 changed its type from int64 to string",
        file ->
            message(file, "SceneUpdate")
                .getFieldBuilder(1)
                .setType(FieldDescriptorProto.Type.TYPE_STRING));
    assertBreak(
        "version = 2 changed from single to repeated",
        file ->
            message(file, "SceneUpdate")
                .getFieldBuilder(1)
                .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED));
    assertBreak(
        "manifest = 3 changed its type from lite3r.v1.ClaimCheck to lite3r.v1.FrameId",
        file -> message(file, "SceneUpdate").getFieldBuilder(2).setTypeName(".lite3r.v1.FrameId"));
    assertBreak(
        "version = 2 moved from no oneof to oneof choice",
        file -> {
          message(file, "SceneUpdate").addOneofDeclBuilder().setName("choice");
          message(file, "SceneUpdate").getFieldBuilder(1).setOneofIndex(0);
        });
  }

  @Test
  void anEnumValueMayNotChangeItsMeaning() throws IOException {
    assertThat(
            RecordCompatibility.breaks(
                Descriptors.released(),
                changed("window", file -> closeReason(file).getValueBuilder(1).setName("OTHER"))))
        .containsExactly("lite3r.v1.CloseReason.CLOSE_REASON_FULL = 1 is now OTHER");
    assertThat(
            RecordCompatibility.breaks(
                Descriptors.released(),
                changed("window", file -> closeReason(file).removeValue(1))))
        .containsExactly("lite3r.v1.CloseReason.CLOSE_REASON_FULL = 1 is now null");
  }

  private static void assertBreak(String says, Consumer<FileDescriptorProto.Builder> change)
      throws IOException {
    assertThat(RecordCompatibility.breaks(Descriptors.released(), changed("scene", change)))
        .as(says)
        .anyMatch(b -> b.contains(says));
  }

  private static FileDescriptorSet changed(
      String name, Consumer<FileDescriptorProto.Builder> change) throws IOException {
    FileDescriptorSet.Builder set = Descriptors.released().toBuilder();
    change.accept(file(set, name));
    return set.build();
  }

  private static FileDescriptorProto.Builder file(FileDescriptorSet.Builder set, String name) {
    return set.getFileBuilderList().stream()
        .filter(f -> f.getName().endsWith("/" + name + ".proto"))
        .findFirst()
        .orElseThrow();
  }

  private static DescriptorProto.Builder message(FileDescriptorProto.Builder file, String name) {
    return file.getMessageTypeBuilderList().stream()
        .filter(m -> m.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static EnumDescriptorProto.Builder closeReason(FileDescriptorProto.Builder file) {
    return file.getEnumTypeBuilder(0);
  }

  private static FieldDescriptorProto field(String name, int number) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(FieldDescriptorProto.Type.TYPE_INT64)
        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
        .build();
  }
}
