package io.lite3r.schemas;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What may happen to records after a release: something is added under a new number, and nothing
 * else. Topics keep records for days, snapshots and stored outcomes for years; whoever reads them
 * must find under each number what was written there.
 */
final class RecordCompatibility {
  private RecordCompatibility() {}

  /** What the current records break of the released ones, one sentence each. */
  static List<String> breaks(FileDescriptorSet released, FileDescriptorSet current) {
    Descriptors before = new Descriptors(released);
    Descriptors now = new Descriptors(current);
    List<String> breaks = new ArrayList<>();
    Map<String, DescriptorProto> messages = byName(now.messages);
    before.messages.forEach(
        m -> compare(m.name(), m.declaration(), messages.get(m.name()), breaks));
    Map<String, EnumDescriptorProto> enums = byName(now.enums);
    before.enums.forEach(e -> compare(e.name(), e.declaration(), enums.get(e.name()), breaks));
    return breaks;
  }

  private static <T> Map<String, T> byName(List<Descriptors.Declared<T>> declared) {
    return declared.stream()
        .collect(Collectors.toMap(Descriptors.Declared::name, Descriptors.Declared::declaration));
  }

  private static void compare(
      String name, DescriptorProto before, DescriptorProto now, List<String> breaks) {
    if (now == null) {
      breaks.add("message %s was removed or renamed".formatted(name));
      return;
    }
    Map<Integer, FieldDescriptorProto> fields =
        now.getFieldList().stream()
            .collect(Collectors.toMap(FieldDescriptorProto::getNumber, Function.identity()));
    for (FieldDescriptorProto old : before.getFieldList()) {
      FieldDescriptorProto field = fields.get(old.getNumber());
      String what = "%s.%s = %d".formatted(name, old.getName(), old.getNumber());
      if (field == null) {
        breaks.add(what + " was removed or given another number");
        continue;
      }
      if (!field.getName().equals(old.getName())) {
        breaks.add("%s was renamed to %s".formatted(what, field.getName()));
      }
      if (field.getType() != old.getType() || !field.getTypeName().equals(old.getTypeName())) {
        breaks.add("%s changed its type from %s to %s".formatted(what, type(old), type(field)));
      }
      if (field.getLabel() != old.getLabel()
          || field.getProto3Optional() != old.getProto3Optional()) {
        breaks.add(
            "%s changed from %s to %s".formatted(what, cardinality(old), cardinality(field)));
      }
      if (!Objects.equals(oneof(before, old), oneof(now, field))) {
        breaks.add("%s moved from %s to %s".formatted(what, oneof(before, old), oneof(now, field)));
      }
    }
  }

  private static void compare(
      String name, EnumDescriptorProto before, EnumDescriptorProto now, List<String> breaks) {
    if (now == null) {
      breaks.add("enum %s was removed or renamed".formatted(name));
      return;
    }
    Map<Integer, String> values =
        now.getValueList().stream()
            .collect(
                Collectors.toMap(
                    EnumValueDescriptorProto::getNumber, EnumValueDescriptorProto::getName));
    for (EnumValueDescriptorProto old : before.getValueList()) {
      String value = values.get(old.getNumber());
      if (!old.getName().equals(value)) {
        breaks.add("%s.%s = %d is now %s".formatted(name, old.getName(), old.getNumber(), value));
      }
    }
  }

  private static String type(FieldDescriptorProto field) {
    return field.getTypeName().isEmpty()
        ? field.getType().name().replace("TYPE_", "").toLowerCase(Locale.ROOT)
        : field.getTypeName().substring(1);
  }

  private static String cardinality(FieldDescriptorProto field) {
    return field.getProto3Optional()
        ? "optional"
        : field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED ? "repeated" : "single";
  }

  private static String oneof(DescriptorProto message, FieldDescriptorProto field) {
    return field.hasOneofIndex() && !field.getProto3Optional()
        ? "oneof " + message.getOneofDecl(field.getOneofIndex()).getName()
        : "no oneof";
  }
}
