package io.lite3r.windowing.edge;

import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.windowing.AssemblyCodec;
import io.lite3r.windowing.CaptureAssembly;
import io.lite3r.windowing.FrameRef;
import io.lite3r.windowing.SilenceWatch;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What windowing remembers, in memory and in the changelogs it is restored from: a small state for
 * each capture, the next window number of each scene, and one entry for each view that a window may
 * still want, so that a frame costs one view's write and not a window's.
 */
final class WindowStores {
  private static final String VIEWS = "views";
  private static final String CAPTURES = "captures";
  private static final String NUMBERS = "numbers";

  private final KeyValueStore<String, byte[]> views;
  private final KeyValueStore<String, byte[]> captures;
  private final KeyValueStore<String, Long> numbers;

  WindowStores(ProcessorContext<?, ?> context) {
    this.views = context.getStateStore(VIEWS);
    this.captures = context.getStateStore(CAPTURES);
    this.numbers = context.getStateStore(NUMBERS);
  }

  static List<StoreBuilder<?>> builders() {
    return List.of(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(VIEWS), Serdes.String(), Serdes.ByteArray())
            .withLoggingEnabled(changelog()),
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(CAPTURES), Serdes.String(), Serdes.ByteArray())
            .withLoggingEnabled(changelog()),
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(NUMBERS), Serdes.String(), Serdes.Long())
            .withLoggingEnabled(changelog()));
  }

  /** A view's changelog entry is about as large as its record on frames: the limits go together. */
  private static Map<String, String> changelog() {
    return Map.of(
        "max.message.bytes", Integer.toString(Topics.get(Topics.FRAMES).maxMessageBytes()),
        "min.cleanable.dirty.ratio", "0.2",
        "segment.bytes", "67108864");
  }

  CaptureAssembly assembly(String scene, String capture) {
    byte[] state = captures.get(captureKey(scene, capture));
    return state == null
        ? new CaptureAssembly(scene, capture)
        : AssemblyCodec.decode(scene, capture, state);
  }

  void save(String scene, String capture, CaptureAssembly assembly) {
    captures.put(captureKey(scene, capture), AssemblyCodec.encode(assembly));
  }

  /** Hands over every capture that there is something to notice of. */
  void watched(BiConsumer<SilenceWatch.CaptureName, CaptureAssembly> each) {
    try (KeyValueIterator<String, byte[]> all = captures.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        int slash = next.key.indexOf('/'); // no name has one
        var name =
            new SilenceWatch.CaptureName(
                next.key.substring(0, slash), next.key.substring(slash + 1));
        CaptureAssembly assembly = AssemblyCodec.decode(name.scene(), name.capture(), next.value);
        if (assembly.isWatched()) {
          each.accept(name, assembly);
        }
      }
    }
  }

  long nextNumber(String scene) {
    Long next = numbers.get(scene);
    return next == null ? 0 : next;
  }

  void nextNumber(String scene, long next) {
    numbers.put(scene, next);
  }

  void keep(String scene, String capture, FrameRef ref, Frame frame) {
    views.put(viewKey(scene, capture, ref), frame.toByteArray());
  }

  byte[] view(String scene, String capture, FrameRef ref) {
    byte[] frame = views.get(viewKey(scene, capture, ref));
    if (frame == null) {
      throw new IllegalStateException(
          "the store has lost view %s; the changelog does not match the state"
              .formatted(viewKey(scene, capture, ref)));
    }
    return frame;
  }

  void release(String scene, String capture, FrameRef ref) {
    views.delete(viewKey(scene, capture, ref));
  }

  private static String captureKey(String scene, String capture) {
    return scene + "/" + capture;
  }

  private static String viewKey(String scene, String capture, FrameRef ref) {
    return "%s/%s/%s/%d".formatted(scene, capture, ref.camera(), ref.sequence());
  }
}
