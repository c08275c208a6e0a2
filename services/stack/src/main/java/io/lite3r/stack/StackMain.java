package io.lite3r.stack;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Runs the broker and the object store until it is told to stop: by a signal, or, with {@code
 * --until-stdin-closes}, when whoever started it is gone (even by kill -9, since the kernel closes
 * the pipe).
 *
 * <p>When both serve, it writes {@code stack.json} into the data folder and one line {@code READY}
 * to standard output.
 */
public final class StackMain {
  private static final String SECURITY = "security";

  private StackMain() {}

  public static void main(String[] args) throws Exception {
    StackArguments arguments = StackArguments.parse(args);
    Files.createDirectories(arguments.data());
    FileLock lock = lock(arguments.data());
    if (lock == null) {
      System.err.println(
          "lite3r: the data folder %s is in use by another stack; stop it or choose another --data"
              .formatted(arguments.data()));
      System.exit(2);
    }
    refuseOtherMode(arguments);
    BrokerSecurity security =
        arguments.isSecure() ? BrokerSecurity.in(arguments.data().resolve(SECURITY)) : null;
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            arguments.data().resolve("kafka"),
            FreePorts.orWanted(arguments.kafkaPort()),
            largestRecord(),
            security);
    Map<String, Object> connection = new HashMap<>();
    connection.put("bootstrap.servers", broker.bootstrapServers());
    if (security != null) {
      connection.putAll(security.adminSettings());
    }
    try (Admin admin = Admin.create(connection)) {
      TopicCreator.create(admin);
      if (security != null) {
        security.admit(admin);
      }
    }
    EmbeddedObjectStore objects =
        EmbeddedObjectStore.start(
            arguments.data().resolve("objects"),
            FreePorts.orWanted(arguments.s3Port()),
            StackFile.ACCESS_KEY,
            StackFile.SECRET_KEY);

    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, objects), "stack-stop"));
    new StackFile(broker.bootstrapServers(), objects.endpoint().toString()).write(arguments.data());
    System.out.println("READY");
    System.out.flush();
    if (arguments.untilStdinCloses()) {
      System.in.transferTo(OutputStream.nullOutputStream());
      System.exit(0);
    }
    new CountDownLatch(1).await();
  }

  /** A log that was kept for one kind of broker must not be opened by the other without a word. */
  private static void refuseOtherMode(StackArguments arguments) {
    boolean wasSecure = Files.exists(arguments.data().resolve(SECURITY));
    if (EmbeddedBroker.isFormatted(arguments.data().resolve("kafka"))
        && wasSecure != arguments.isSecure()) {
      System.err.println(
          "lite3r: the data folder %s was made %s --secure; start it so, or choose another --data"
              .formatted(arguments.data(), wasSecure ? "with" : "without"));
      System.exit(2);
    }
  }

  /** The broker's own limit; each topic states its own below that. */
  private static int largestRecord() {
    return Topics.all().stream().mapToInt(Topic::maxMessageBytes).max().orElseThrow();
  }

  private static void stop(EmbeddedBroker broker, EmbeddedObjectStore objects) {
    try {
      objects.close();
    } catch (Exception e) {
      System.err.println("lite3r: the object store did not stop cleanly: " + e);
    }
    broker.close();
  }

  /** Held until the process ends; null when another process holds it. */
  private static @Nullable FileLock lock(Path data) throws IOException {
    FileChannel channel =
        FileChannel.open(
            data.resolve("stack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return channel.tryLock();
  }

  /** Where the stack can be reached; written atomically so that a reader never sees half of it. */
  record StackFile(String kafka, String s3) {
    /**
     * Loopback only, and the folder's owner can read the files anyway: a fixed pair hides nothing
     * and is easy to type.
     */
    static final String ACCESS_KEY = "lite3r";

    static final String SECRET_KEY = "lite3r-local";

    void write(Path data) throws IOException {
      Path half = data.resolve("stack.json.tmp");
      Files.writeString(
          half,
          """
          {"kafka": "%s", "s3": "%s", "access_key": "%s", "secret_key": "%s", "pid": %d}
          """
              .formatted(kafka, s3, ACCESS_KEY, SECRET_KEY, ProcessHandle.current().pid()));
      Files.move(half, data.resolve("stack.json"), StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
