package io.lite3r.windowing.edge;

import io.lite3r.schemas.Topics;
import io.lite3r.windowing.Patience;
import io.lite3r.windowing.WindowingRules;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * {@code frames} in; {@code windows}, ends of captures, rejections and dead letters out, and into
 * {@code frames} the silences and ends of cameras that nobody told.
 */
final class WindowingTopology {
  /** What was noticed goes into {@code frames} and comes back as a record like any other. */
  static final String NOTICED = "noticed";

  private static final String PROCESSOR = "windowing";
  private static final List<String> OUT =
      List.of(Topics.WINDOWS, Topics.RECONSTRUCTIONS, Topics.FRAME_OUTCOMES, Topics.DEAD_LETTERS);

  private WindowingTopology() {}

  static Topology of(WindowingRules rules, Patience patience, WindowTelemetry telemetry) {
    Topology topology =
        new Topology()
            .addSource(
                Topics.FRAMES, new StringDeserializer(), new ByteArrayDeserializer(), Topics.FRAMES)
            .addProcessor(PROCESSOR, new Supplier(rules, patience, telemetry), Topics.FRAMES);
    for (String topic : OUT) {
      topology.addSink(topic, topic, new StringSerializer(), new ByteArraySerializer(), PROCESSOR);
    }
    topology.addSink(
        NOTICED, Topics.FRAMES, new StringSerializer(), new ByteArraySerializer(), PROCESSOR);
    return topology;
  }

  private record Supplier(WindowingRules rules, Patience patience, WindowTelemetry telemetry)
      implements ProcessorSupplier<String, byte[], String, byte[]> {
    @Override
    public Processor<String, byte[], String, byte[]> get() {
      return new WindowingProcessor(rules, patience, telemetry);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.copyOf(WindowStores.builders());
    }
  }
}
