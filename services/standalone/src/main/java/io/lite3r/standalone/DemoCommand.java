package io.lite3r.standalone;

import io.quarkus.runtime.Quarkus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Runs the capture that ships, says how far the result is from the truth, and serves the console.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "runs the capture that ships with the repository, compares it with the truth, then serves the console")
final class DemoCommand implements Callable<Integer> {
  private static final String SCENE = "demo";

  @Option(names = "--once", description = "end instead of serving the console")
  private boolean once;

  @Option(names = "--out", paramLabel = "DIR", description = "where results go (default: out/demo)")
  private Path out = Path.of("out", "demo");

  @Mixin private ServiceOptions services = new ServiceOptions();

  @Override
  public Integer call() throws Exception {
    Path capture = Pipeline.home().resolve("samples/two-camera-room");
    if (!Files.isDirectory(capture)) {
      throw new BadUsage("the sample capture is missing at %s".formatted(capture));
    }
    services.isWatched = !once;
    CaptureRun run =
        new CaptureRun(
            capture,
            SCENE,
            out.toAbsolutePath().normalize(),
            new CaptureRun.Priors(false, false, false, false),
            false,
            System.out);
    return Pipeline.run(
        services,
        (running, data) -> {
          System.out.printf("console    %s%n", Pipeline.console());
          CaptureRun.Result result = run.execute(running, data);
          System.out.println(result.summary());
          Accuracy.of(result.scene(), result.report().capture(), Truth.read(capture))
              .ifPresent(accuracy -> System.out.println("accuracy   " + accuracy.sentence()));
          if (!once) {
            System.out.printf(
                "%nWatch it at %s/#%s - stop with Ctrl-C.%n", Pipeline.console(), SCENE);
            Quarkus.waitForExit();
          }
          return Main.OK;
        });
  }
}
