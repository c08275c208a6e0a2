package io.lite3r.schemas;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everything the proto files declare, each with its name, its declaration and its comment. */
final class Descriptors {
  /** One declaration; {@code comment} is empty when nothing was written above it. */
  record Declared<T>(String name, T declaration, String comment) {}

  final List<Declared<FileDescriptorProto>> files = new ArrayList<>();
  final List<Declared<DescriptorProto>> messages = new ArrayList<>();
  final List<Declared<FieldDescriptorProto>> fields = new ArrayList<>();
  final List<Declared<OneofDescriptorProto>> oneofs = new ArrayList<>();
  final List<Declared<EnumDescriptorProto>> enums = new ArrayList<>();
  final List<Declared<EnumValueDescriptorProto>> values = new ArrayList<>();

  Descriptors(FileDescriptorSet set) {
    for (FileDescriptorProto file : set.getFileList()) {
      if (file.getPackage().startsWith("lite3r.")) {
        read(file);
      }
    }
  }

  /** What this build compiled, with comments. */
  static FileDescriptorSet current() throws IOException {
    try (InputStream in = Descriptors.class.getResourceAsStream("/lite3r/records.desc")) {
      return FileDescriptorSet.parseFrom(in.readAllBytes());
    }
  }

  /** What the last release promised. */
  static FileDescriptorSet released() throws IOException {
    return FileDescriptorSet.parseFrom(Files.readAllBytes(Released.V1.resolve("records.desc")));
  }

  private void read(FileDescriptorProto file) {
    Map<List<Integer>, String> comments = new HashMap<>();
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      comments.put(
          location.getPathList(),
          (String.join("", location.getLeadingDetachedCommentsList())
                  + location.getLeadingComments())
              .strip());
    }
    files.add(
        new Declared<>(
            Path.of(file.getName()).getFileName().toString(),
            file,
            comments.getOrDefault(List.of(FileDescriptorProto.SYNTAX_FIELD_NUMBER), "")));
    for (int i = 0; i < file.getMessageTypeCount(); i++) {
      read(
          file.getPackage(),
          file.getMessageType(i),
          List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i),
          comments);
    }
    for (int i = 0; i < file.getEnumTypeCount(); i++) {
      read(
          file.getPackage(),
          file.getEnumType(i),
          List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i),
          comments);
    }
  }

  private void read(
      String scope,
      DescriptorProto message,
      List<Integer> path,
      Map<List<Integer>, String> comments) {
    String name = scope + "." + message.getName();
    messages.add(new Declared<>(name, message, comments.getOrDefault(path, "")));
    for (int i = 0; i < message.getFieldCount(); i++) {
      fields.add(
          new Declared<>(
              name + "." + message.getField(i).getName(),
              message.getField(i),
              at(comments, path, DescriptorProto.FIELD_FIELD_NUMBER, i)));
    }
    for (int i = 0; i < message.getOneofDeclCount(); i++) {
      // An optional field makes a oneof of its own, which nobody wrote and nobody can comment.
      if (!message.getOneofDecl(i).getName().startsWith("_")) {
        oneofs.add(
            new Declared<>(
                name + "." + message.getOneofDecl(i).getName(),
                message.getOneofDecl(i),
                at(comments, path, DescriptorProto.ONEOF_DECL_FIELD_NUMBER, i)));
      }
    }
    for (int i = 0; i < message.getNestedTypeCount(); i++) {
      read(
          name,
          message.getNestedType(i),
          below(path, DescriptorProto.NESTED_TYPE_FIELD_NUMBER, i),
          comments);
    }
    for (int i = 0; i < message.getEnumTypeCount(); i++) {
      read(
          name,
          message.getEnumType(i),
          below(path, DescriptorProto.ENUM_TYPE_FIELD_NUMBER, i),
          comments);
    }
  }

  private void read(
      String scope,
      EnumDescriptorProto type,
      List<Integer> path,
      Map<List<Integer>, String> comments) {
    String name = scope + "." + type.getName();
    enums.add(new Declared<>(name, type, comments.getOrDefault(path, "")));
    for (int i = 0; i < type.getValueCount(); i++) {
      values.add(
          new Declared<>(
              name + "." + type.getValue(i).getName(),
              type.getValue(i),
              at(comments, path, EnumDescriptorProto.VALUE_FIELD_NUMBER, i)));
    }
  }

  private static String at(
      Map<List<Integer>, String> comments, List<Integer> path, int kind, int index) {
    return comments.getOrDefault(below(path, kind, index), "");
  }

  private static List<Integer> below(List<Integer> path, int kind, int index) {
    List<Integer> deeper = new ArrayList<>(path);
    Collections.addAll(deeper, kind, index);
    return deeper;
  }
}
