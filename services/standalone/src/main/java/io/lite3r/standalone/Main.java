package io.lite3r.standalone;

import io.lite3r.capture.CaptureUnreadable;
import io.lite3r.reconstruction.model.StrangerModel;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Objects;
import picocli.CommandLine;

/**
 * The command line. {@code run}, {@code demo} and {@code up} start the stack and the services;
 * {@code bench} starts neither.
 */
@QuarkusMain
@CommandLine.Command(
    name = "lite3r",
    mixinStandardHelpOptions = true,
    version = "Lite3R Stream 0.1.0",
    description = "Cameras in, a living 3D scene out.",
    subcommands = {
      RunCommand.class,
      DemoCommand.class,
      UpCommand.class,
      BenchCommand.class,
      EngineCommand.class
    },
    footer = {
      "",
      "Also: ./lite3r student ... (makes the model), ./lite3r test (runs every test).",
      "Exit status: 0 done, 1 the run failed, 2 bad usage or input."
    })
public final class Main implements Runnable {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_USAGE = 2;

  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::explain);
  }

  /** Without a command: the usage, and exit status 2. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        Objects.requireNonNull(spec).commandLine(), "Name a command.");
  }

  /** What went wrong, and what caused it at the bottom: frameworks wrap the sentence that helps. */
  private static String sentence(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String first = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    String last = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return first.contains(last) ? first : first + ": " + last;
  }

  /** One sentence for a person; the stack trace only where somebody will look for it. */
  private static int explain(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    if (failure instanceof BadUsage || failure instanceof CaptureUnreadable) {
      commandLine.getErr().println("lite3r: " + failure.getMessage());
      return BAD_USAGE;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StrangerModel) {
        commandLine.getErr().println("lite3r: " + cause.getMessage());
        return BAD_USAGE;
      }
    }
    commandLine.getErr().println("lite3r: " + sentence(failure));
    if (System.getenv("LITE3R_TRACE") != null) {
      failure.printStackTrace(commandLine.getErr());
    }
    return FAILED;
  }
}
