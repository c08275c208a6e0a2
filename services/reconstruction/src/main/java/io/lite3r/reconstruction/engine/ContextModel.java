package io.lite3r.reconstruction.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.FocalConvention;
import io.lite3r.reconstruction.model.Role;
import java.io.ByteArrayOutputStream;

/**
 * An ONNX model of a single node, EPContext, that hands a finished engine to ONNX Runtime's
 * TensorRT provider: the engine lies in a file beside the model, and inputs and outputs are the
 * contract's at one size.
 *
 * <p>The bytes are protobuf as onnx.proto describes it; the numbers below are its field numbers.
 */
public final class ContextModel {
  private static final int IR_VERSION = 10;
  private static final int OPSET = 20;
  private static final int FLOAT = 1;

  private ContextModel() {}

  /**
   * @param engineFile name of the engine's file, in the folder of the model
   * @param architecture of the GPU it was built for, such as 90; the runtime warns of another
   */
  public static byte[] of(
      Contract contract, Bucket bucket, int views, String engineFile, String architecture) {
    Message graph = new Message().text(2, "engine");
    Message node =
        new Message()
            .text(3, "engine")
            .text(4, "EPContext")
            .text(7, "com.microsoft")
            .message(5, attribute("main_context", 1))
            .message(5, attribute("embed_mode", 0))
            .message(5, attribute("ep_cache_context", engineFile))
            .message(5, attribute("hardware_architecture", architecture));
    input(graph, node, contract.imageInput(), views, 3, bucket.height(), bucket.width());
    if (contract.focalHintInput() != null) {
      input(graph, node, contract.focalHintInput(), views, 2);
    }
    for (Role role : Role.values()) {
      node.text(2, contract.output(role));
      graph.message(12, value(contract.output(role), shape(contract, role, bucket, views)));
    }
    graph.message(1, node);
    return new Message()
        .number(1, IR_VERSION)
        .text(2, "lite3r")
        .message(7, graph)
        .message(8, new Message().text(1, "").number(2, OPSET))
        .message(8, new Message().text(1, "com.microsoft").number(2, 1))
        .bytes();
  }

  private static long[] shape(Contract contract, Role role, Bucket bucket, int views) {
    return switch (role) {
      case DEPTH, CONFIDENCE -> new long[] {views, bucket.height(), bucket.width()};
      case ROTATION -> new long[] {views, 4};
      case TRANSLATION -> new long[] {views, 3};
      case FOCAL ->
          contract.focalConvention() == FocalConvention.BOTH_AXES
              ? new long[] {views, 2}
              : new long[] {views};
    };
  }

  private static void input(Message graph, Message node, String name, long... shape) {
    node.text(1, name);
    graph.message(11, value(name, shape));
  }

  /** ValueInfoProto of a float32 tensor. */
  private static Message value(String name, long... shape) {
    Message dimensions = new Message();
    for (long size : shape) {
      dimensions.message(1, new Message().number(1, size));
    }
    Message tensor = new Message().number(1, FLOAT).message(2, dimensions);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  private static Message attribute(String name, long value) {
    return new Message().text(1, name).number(3, value).number(20, 2);
  }

  private static Message attribute(String name, String value) {
    return new Message().text(1, name).text(4, value).number(20, 3);
  }

  /** A protobuf message that grows field by field. */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3 | VARINT);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return delimited(field, value.getBytes(UTF_8));
    }

    Message message(int field, Message value) {
      return delimited(field, value.bytes());
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private Message delimited(int field, byte[] value) {
      varint((long) field << 3 | DELIMITED);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }
}
