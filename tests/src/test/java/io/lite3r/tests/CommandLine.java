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
      List<String> left = new ArrayList<>();
      ProcessHandle.allProcesses()
          .filter(process -> commandLine(process).contains(temp.toString()))
          .forEach(process -> left.add(process.pid() + " " + commandLine(process)));
      try (var files = Files.list(temp)) {
        files
            .map(path -> path.getFileName().toString())
            .filter(name -> name.startsWith("lite3r-"))
            .forEach(left::add);
      }
      return left;
    }

    private static String commandLine(ProcessHandle process) {
      return process.info().commandLine().orElse("");
    }
  }

  private CommandLine() {}

  static Ended run(Duration limit, String... arguments) throws IOException, InterruptedException {
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
    long from = System.nanoTime();
    Process process = Forks.start(builder);
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "%s did not end within %s; it said:%n%s%n%s"
                .formatted(command, limit, read(temp, "out.txt"), read(temp, "err.txt")));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(),
        read(temp, "out.txt"),
        read(temp, "err.txt"),
        Duration.ofNanos(System.nanoTime() - from),
        temp);
  }

  private static String read(Path folder, String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }
}
