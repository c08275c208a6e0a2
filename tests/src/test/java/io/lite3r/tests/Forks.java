package io.lite3r.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

  /** A port of the loopback interface that nobody listens on now. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
