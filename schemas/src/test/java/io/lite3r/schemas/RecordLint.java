package io.lite3r.schemas;

import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The rules of the proto files: every declaration says what it is, names follow the style, and the
 * zero of an enum means that nobody set it.
 */
final class RecordLint {
  private RecordLint() {}

  /** The faults, one sentence each; empty when all is well. */
  static List<String> faults(FileDescriptorSet set) {
    Descriptors all = new Descriptors(set);
    List<String> faults = new ArrayList<>();
    all.files.forEach(f -> requireComment(faults, "file " + f.name(), f.comment()));
    all.messages.forEach(
        m -> {
          requireComment(faults, m.name(), m.comment());
          requireName(faults, m.name(), m.declaration().getName(), "([A-Z][a-z0-9]+)+");
        });
    all.fields.forEach(
        f -> {
          requireComment(faults, f.name(), f.comment());
          requireName(faults, f.name(), f.declaration().getName(), "[a-z][a-z0-9]*(_[a-z0-9]+)*");
        });
    all.oneofs.forEach(
        o -> {
          requireComment(faults, o.name(), o.comment());
          requireName(faults, o.name(), o.declaration().getName(), "[a-z][a-z0-9]*(_[a-z0-9]+)*");
        });
    all.enums.forEach(
        e -> {
          requireComment(faults, e.name(), e.comment());
          requireName(faults, e.name(), e.declaration().getName(), "([A-Z][a-z0-9]+)+");
          requireZero(faults, e.name(), e.declaration());
        });
    all.values.forEach(v -> requireComment(faults, v.name(), v.comment()));
    return faults;
  }

  private static void requireComment(List<String> faults, String what, String comment) {
    if (comment.isBlank()) {
      faults.add(what + " has no comment above it: say what it is, its unit and its frame");
    } else if (!comment.endsWith(".") && !comment.endsWith(")")) {
      faults.add(what + " has a comment that is no sentence: " + comment);
    }
  }

  private static void requireName(List<String> faults, String what, String name, String style) {
    if (!name.matches(style)) {
      faults.add("%s is not named like %s".formatted(what, style));
    }
  }

  private static void requireZero(List<String> faults, String what, EnumDescriptorProto type) {
    String prefix =
        type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
    type.getValueList().stream()
        .filter(v -> !v.getName().startsWith(prefix))
        .forEach(v -> faults.add("%s.%s must begin with %s".formatted(what, v.getName(), prefix)));
    if (!type.getValue(0).getName().equals(prefix + "UNSPECIFIED")
        || type.getValue(0).getNumber() != 0) {
      faults.add(
          "%s must begin with %sUNSPECIFIED = 0, so that unset is told apart"
              .formatted(what, prefix));
    }
  }
}
