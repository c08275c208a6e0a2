package io.lite3r.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface that nobody listens on at the moment of asking. They lie below
 * the range from which systems number outgoing connections (32768 on Linux, 49152 elsewhere): such
 * a connection could take a port between the asking and the listening.
 */
final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int BEYOND = 32_000;
  private static final int TRIES = 1000;

  private FreePorts() {}

  /**
   * A free port.
   *
   * @throws IOException when none of many is free
   */
  static int one() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new IOException("no port from %d to %d is free on loopback".formatted(FIRST, BEYOND));
  }

  /** The wanted port, or a free one for 0. */
  static int orWanted(int wanted) throws IOException {
    return wanted == 0 ? one() : wanted;
  }
}
