package io.lite3r.standalone;

import io.quarkus.runtime.Quarkus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the stack and the services and waits. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "starts everything and waits for frames; stop it with Ctrl-C")
final class UpCommand implements Callable<Integer> {
  @Mixin private ServiceOptions services = new ServiceOptions();

  @Override
  public Integer call() throws Exception {
    services.isWatched = true;
    return Pipeline.run(
        services,
        (running, data) -> {
          System.out.printf(
              """
              Lite3R Stream is up.
                watch    %1$s
                post     curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' \\
                           '%1$s/v1/scenes/yard/captures/today/cameras/cam1/frames?sequence=0'
                data     %2$s
              Stop it with Ctrl-C.
              """,
              Pipeline.console(), data);
          Quarkus.waitForExit();
          return Main.OK;
        });
  }
}
