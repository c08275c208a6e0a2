package io.lite3r.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Every process that a test starts. None outlives the tests: they are killed when the JVM that runs
 * the tests ends, however far it came.
 */
final class Forks {
  private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "kill-forks"));
  }

  private Forks() {}

  static Process start(ProcessBuilder builder) throws IOException {
    return register(builder.start());
  }

  static Process register(Process process) {
    ALIVE.add(process);
    process.onExit().thenAccept(ALIVE::remove);
    return process;
  }

  /** SIGKILL, and wait until the kernel has buried it. */
  static void kill(Process process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  /**
   * A port of the loopback interface that nobody listens on now, below the range from which systems
   * number outgoing connections: one of those could take it before the process that it is for.
   */
  static int freePort() {
    for (int tries = 0; tries < 1000; tries++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new IllegalStateException("no port from 20000 to 32000 is free on loopback");
  }
}
