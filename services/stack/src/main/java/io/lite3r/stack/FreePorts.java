package io.lite3r.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of the loopback interface that nobody listens on at the moment of asking. */
final class FreePorts {
  private FreePorts() {}

  static int one() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The wanted port, or a free one for 0. */
  static int orWanted(int wanted) throws IOException {
    return wanted == 0 ? one() : wanted;
  }
}
