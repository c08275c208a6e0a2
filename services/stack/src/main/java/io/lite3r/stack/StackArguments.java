package io.lite3r.stack;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the stack is told.
 *
 * @param data folder that holds everything and survives a restart
 * @param kafkaPort port of the broker, 0 for a free one
 * @param s3Port port of the object store, 0 for a free one
 * @param isSecure TLS, logins and access rules on the broker
 * @param untilStdinCloses stop when standard input ends
 */
record StackArguments(
    Path data, int kafkaPort, int s3Port, boolean isSecure, boolean untilStdinCloses) {

  static StackArguments parse(String[] args) {
    @Nullable Path data = null;
    int kafkaPort = 0;
    int s3Port = 0;
    boolean isSecure = false;
    boolean untilStdinCloses = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--data" -> data = Path.of(args[++i]).toAbsolutePath();
        case "--kafka-port" -> kafkaPort = Integer.parseInt(args[++i]);
        case "--s3-port" -> s3Port = Integer.parseInt(args[++i]);
        case "--secure" -> isSecure = true;
        case "--until-stdin-closes" -> untilStdinCloses = true;
        default -> throw new IllegalArgumentException("unknown argument " + args[i]);
      }
    }
    if (data == null) {
      throw new IllegalArgumentException("--data DIR is needed");
    }
    return new StackArguments(data, kafkaPort, s3Port, isSecure, untilStdinCloses);
  }
}
