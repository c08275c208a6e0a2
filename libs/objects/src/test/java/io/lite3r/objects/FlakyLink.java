package io.lite3r.objects;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between client and server that passes bytes on, and now and then swallows an answer:
 * the server has done its work, and the client only sees the connection break.
 */
final class FlakyLink implements Closeable {
  private final ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int serverPort;
  private final AtomicInteger answersToSwallow = new AtomicInteger();
  private final AtomicInteger swallowed = new AtomicInteger();

  FlakyLink(int serverPort) throws IOException {
    this.serverPort = serverPort;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return front.getLocalPort();
  }

  /** The next answers, whatever they are, are swallowed. */
  void swallow(int answers) {
    answersToSwallow.set(answers);
  }

  int swallowed() {
    return swallowed.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = front.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        Thread.ofVirtual().start(() -> pass(client, server, false));
        Thread.ofVirtual().start(() -> pass(server, client, true));
      }
    } catch (IOException e) {
      // The link is closed.
    }
  }

  private void pass(Socket from, Socket to, boolean answers) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (answers && answersToSwallow.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          swallowed.incrementAndGet();
          return;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone; closing both is all there is to do.
    }
  }

  @Override
  public void close() throws IOException {
    front.close();
  }
}
