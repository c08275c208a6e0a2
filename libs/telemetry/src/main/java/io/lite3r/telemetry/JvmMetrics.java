package io.lite3r.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.OperatingSystemMXBean;

/** What the process itself takes, read when somebody asks. */
final class JvmMetrics {
  private static final double NS_PER_S = 1e9;
  private static final Attributes HEAP = Attributes.of(Names.MEMORY_TYPE, "heap");
  private static final Attributes NON_HEAP = Attributes.of(Names.MEMORY_TYPE, "non_heap");

  private JvmMetrics() {}

  static void show(Meter meter) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    meter
        .gaugeBuilder(Names.JVM_MEMORY_USED)
        .setUnit("By")
        .ofLongs()
        .buildWithCallback(
            shown -> {
              shown.record(memory.getHeapMemoryUsage().getUsed(), HEAP);
              shown.record(memory.getNonHeapMemoryUsage().getUsed(), NON_HEAP);
            });
    meter
        .gaugeBuilder(Names.JVM_MEMORY_LIMIT)
        .setUnit("By")
        .ofLongs()
        .buildWithCallback(shown -> shown.record(memory.getHeapMemoryUsage().getMax()));
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.OperatingSystemMXBean process) {
      meter
          .counterBuilder(Names.JVM_CPU_TIME)
          .ofDoubles()
          .setUnit("s")
          .buildWithCallback(shown -> shown.record(process.getProcessCpuTime() / NS_PER_S));
    }
  }
}
