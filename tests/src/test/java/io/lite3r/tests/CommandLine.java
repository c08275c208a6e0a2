package io.lite3r.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The launcher as a user calls it, each time in a process of its own. */
final class CommandLine {
  /** How it ended and what it said. */
  record Ended(int status, String out, String err, Duration took, Path temp) {
    /** Processes that still work with files of this call, and the files it left in its own temp. */
    List<String> leftBehind() throws IOException {
      List<String> left = processes(temp);
      try (var files = Files.list(temp)) {
        files
            .map(path -> path.getFileName().toString())
            .filter(name -> name.startsWith("lite3r-"))
            .forEach(left::add);
      }
      return left;
    }
  }

  /** A call that goes on until it is told to end. */
  record Running(Process process, Path temp) implements AutoCloseable {
    void awaitWords(String words) {
      Await.until(
          "the command line to say: " + words,
          Duration.ofMinutes(2),
          () -> read(temp, "out.txt").contains(words),
          this::said);
    }

    /** Processes that work with files of this call. */
    List<String> processes() {
      return CommandLine.processes(temp);
    }

    String said() {
      try {
        return read(temp, "out.txt") + read(temp, "err.txt");
      } catch (IOException e) {
        return e.toString();
      }
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private CommandLine() {}

  private static List<String> processes(Path temp) {
    List<String> all = new ArrayList<>();
    ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).contains(temp.toString()))
        .forEach(process -> all.add(process.pid() + " " + commandLine(process)));
    return all;
  }

  private static String commandLine(ProcessHandle process) {
    return process.info().commandLine().orElse("");
  }

  static Running start(String... arguments) throws IOException {
    Path temp = Repository.scratch("cli");
    List<String> command = new ArrayList<>();
    command.add(Repository.ROOT.resolve("lite3r").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Repository.ROOT.toFile())
            .redirectOutput(temp.resolve("out.txt").toFile())
            .redirectError(temp.resolve("err.txt").toFile());
    builder.environment().put("LITE3R_JAVA_OPTS", "-Djava.io.tmpdir=" + temp);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return new Running(Forks.start(builder), temp);
  }

  static Ended run(Duration limit, String... arguments) throws IOException, InterruptedException {
    long from = System.nanoTime();
    try (Running running = start(arguments)) {
      if (!running.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "%s did not end within %s; it said:%n%s"
                .formatted(List.of(arguments), limit, running.said()));
      }
      return new Ended(
          running.process.exitValue(),
          read(running.temp, "out.txt"),
          read(running.temp, "err.txt"),
          Duration.ofNanos(System.nanoTime() - from),
          running.temp);
    }
  }

  private static String read(Path folder, String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }
}
