package io.lite3r.reconstruction.edge;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.IProfiler;

/**
 * A TensorRT profiler: milliseconds of every layer, summed over runs. The Java API has no class to
 * derive from, so this lays out in memory what a C++ object of {@code IProfiler} is under the
 * Itanium ABI: the address of a table with {@code reportLayerTime} and two destructors.
 */
final class LayerTimes implements AutoCloseable {
  private static final FunctionDescriptor REPORT =
      FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_FLOAT);
  private static final FunctionDescriptor DESTROY = FunctionDescriptor.ofVoid(ValueLayout.ADDRESS);

  private final Arena arena = Arena.ofShared();
  private final Map<String, Double> milliseconds = new LinkedHashMap<>();
  private final IProfiler profiler;

  LayerTimes() {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      MemorySegment report =
          Linker.nativeLinker()
              .upcallStub(
                  lookup.bind(
                      this,
                      "report",
                      MethodType.methodType(
                          void.class, MemorySegment.class, MemorySegment.class, float.class)),
                  REPORT,
                  arena);
      MemorySegment destroy =
          Linker.nativeLinker()
              .upcallStub(
                  lookup.bind(
                      this, "destroy", MethodType.methodType(void.class, MemorySegment.class)),
                  DESTROY,
                  arena);
      MemorySegment table = arena.allocate(ValueLayout.ADDRESS, 3);
      table.setAtIndex(ValueLayout.ADDRESS, 0, report);
      table.setAtIndex(ValueLayout.ADDRESS, 1, destroy);
      table.setAtIndex(ValueLayout.ADDRESS, 2, destroy);
      MemorySegment object = arena.allocate(ValueLayout.ADDRESS);
      object.set(ValueLayout.ADDRESS, 0, table);
      profiler = new IProfiler(new At(object.address()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  IProfiler profiler() {
    return profiler;
  }

  /** In the order in which layers were first reported. */
  synchronized Map<String, Double> milliseconds() {
    return new LinkedHashMap<>(milliseconds);
  }

  @SuppressWarnings("unused") // Called by TensorRT.
  private synchronized void report(MemorySegment self, MemorySegment name, float ms) {
    milliseconds.merge(name.reinterpret(Long.MAX_VALUE).getString(0), (double) ms, Double::sum);
  }

  @SuppressWarnings("unused") // Of the table; the arena frees the memory.
  private void destroy(MemorySegment self) {}

  @Override
  public void close() {
    arena.close();
  }

  /** A pointer to an address. */
  private static final class At extends Pointer {
    At(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }
}
