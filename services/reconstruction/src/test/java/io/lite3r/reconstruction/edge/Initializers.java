package io.lite3r.reconstruction.edge;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The weights of an ONNX file, found in its bytes so that they can be overwritten in place. Field
 * numbers are those of onnx.proto: ModelProto.graph = 7, GraphProto.initializer = 5,
 * TensorProto.data_type = 2, .name = 8, .raw_data = 9.
 */
final class Initializers {
  /** TensorProto.DataType. */
  enum Type {
    FLOAT(1, 4),
    INT8(3, 1),
    FLOAT16(10, 2);

    private final int number;
    private final int bytes;

    Type(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }
  }

  /** One of them; its values are the bytes from {@code at}, little-endian. */
  record Weight(String name, Type type, int at, int count) {
    boolean canBeNan() {
      return type != Type.INT8;
    }
  }

  private static final int GRAPH = 7;
  private static final int INITIALIZER = 5;
  private static final int DATA_TYPE = 2;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final short NAN_HALF = 0x7e00;

  private final ByteBuffer onnx;
  private final List<Weight> weights = new ArrayList<>();

  /** Those of the three types that weights are stored in; shapes and indices stay out. */
  Initializers(byte[] onnx) throws IOException {
    this.onnx = ByteBuffer.wrap(onnx).order(ByteOrder.LITTLE_ENDIAN);
    CodedInputStream model = CodedInputStream.newInstance(onnx);
    for (int tag = model.readTag(); tag != 0; tag = model.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == GRAPH) {
        graph(model);
      } else {
        model.skipField(tag);
      }
    }
  }

  private void graph(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == INITIALIZER) {
        tensor(in);
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(outer);
  }

  private void tensor(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String name = "";
    int type = 0;
    int at = 0;
    int length = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case DATA_TYPE -> type = in.readInt32();
        case NAME -> name = in.readString();
        case RAW_DATA -> {
          length = in.readRawVarint32();
          at = in.getTotalBytesRead();
          in.skipRawBytes(length);
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    for (Type known : Type.values()) {
      if (known.number == type && length > 0) {
        weights.add(new Weight(name, known, at, length / known.bytes));
      }
    }
  }

  List<Weight> all() {
    return weights;
  }

  void nan(Weight weight) {
    for (int i = 0; i < weight.count; i++) {
      switch (weight.type) {
        case FLOAT -> onnx.putFloat(weight.at + 4 * i, Float.NaN);
        case FLOAT16 -> onnx.putShort(weight.at + 2 * i, NAN_HALF);
        case INT8 -> throw new IllegalArgumentException(weight + " is of integers");
      }
    }
  }

  void zero(Weight weight) {
    for (int i = 0; i < weight.count * weight.type.bytes; i++) {
      onnx.put(weight.at + i, (byte) 0);
    }
  }

  /** Random bytes. */
  void garbage(Weight weight, RandomGenerator random) {
    byte[] bytes = new byte[weight.count * weight.type.bytes];
    random.nextBytes(bytes);
    onnx.put(weight.at, bytes);
  }
}
