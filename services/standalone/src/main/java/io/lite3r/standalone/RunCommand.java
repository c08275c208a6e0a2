package io.lite3r.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Streams a capture through the whole chain and writes the result into a folder. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description =
        "streams a capture through the whole chain, waits until every frame has ended and the scene is published, and writes"
            + " trajectory, cameras, depth, mesh, tiles and report.json")
final class RunCommand implements Callable<Integer> {
  enum Rate {
    REALTIME,
    MAX
  }

  @Parameters(
      index = "0",
      paramLabel = "CAPTURE",
      description = "folder of images, or a folder with cameras.json")
  private Path capture = Path.of("");

  @Option(
      names = "--scene",
      required = true,
      paramLabel = "NAME",
      description = "name of the scene")
  private String scene = "";

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "where results go")
  private Path out = Path.of("");

  @Option(names = "--rate", description = "REALTIME or MAX (default: MAX)")
  private Rate rate = Rate.MAX;

  @Option(names = "--use-intrinsics", description = "give the capture's intrinsics to the model")
  private boolean useIntrinsics;

  @Option(names = "--use-rig", description = "use the fixed offsets between a rig's cameras")
  private boolean useRig;

  @Option(names = "--use-poses", description = "use the capture's poses as priors")
  private boolean usePoses;

  @Option(names = "--ignore-gps", description = "do not read positions")
  private boolean ignoreGps;

  @Mixin private ServiceOptions services = new ServiceOptions();

  @Override
  public Integer call() throws Exception {
    if (!Files.isDirectory(capture)) {
      throw new BadUsage(
          "no capture folder at %s; name a folder of images or one with cameras.json"
              .formatted(capture));
    }
    CaptureRun run =
        new CaptureRun(
            capture.toAbsolutePath().normalize(),
            scene,
            out.toAbsolutePath().normalize(),
            new CaptureRun.Priors(useIntrinsics, useRig, usePoses, ignoreGps),
            rate == Rate.REALTIME,
            System.out);
    return Pipeline.run(
        services,
        (running, data) -> {
          CaptureRun.Result result = run.execute(running, data);
          System.out.println(result.summary());
          if (!usePoses) {
            Accuracy.of(result.scene(), result.report().capture(), Truth.read(capture))
                .ifPresent(accuracy -> System.out.println("accuracy   " + accuracy.sentence()));
          }
          return Main.OK;
        });
  }
}
