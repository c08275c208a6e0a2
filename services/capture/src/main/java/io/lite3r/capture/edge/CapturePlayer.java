package io.lite3r.capture.edge;

import io.lite3r.capture.CaptureFolder;
import io.lite3r.capture.CaptureUnreadable;
import io.lite3r.capture.FrameName;
import io.lite3r.capture.FramePreparation;
import io.lite3r.capture.FrameRefused;
import io.lite3r.capture.ImageFolder;
import io.lite3r.capture.ListedImage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays a folder through the same intake as HTTP: frames of all cameras by time, several under way
 * at once, then the end of each camera. Returns when everything is durable or refused.
 */
@ApplicationScoped
public class CapturePlayer {
  /** Frames between reading and acknowledgement; bounds memory, hides the latency of storing. */
  private static final int UNDER_WAY = 16;

  private final FrameIntake intake;

  @Inject
  CapturePlayer(FrameIntake intake) {
    this.intake = intake;
  }

  /**
   * Plays a capture.
   *
   * @param folder images, or images with a cameras.json
   * @param scene the scene they show
   * @param progress told after every frame, from any thread, one at a time
   * @throws CaptureUnreadable when the folder or the names cannot be used
   * @throws IllegalStateException when the broker or the object store stays away
   */
  public PlayResult play(
      Path folder, String scene, PlayOptions options, Consumer<PlayResult.Progress> progress) {
    try {
      CaptureFolder capture = read(folder.toAbsolutePath().normalize(), options);
      String chosen = options.capture();
      String name = chosen == null ? capture.contentName() : chosen;
      checkNames(scene, name);
      return new Playing(capture, scene, name, options, progress).run();
    } catch (IOException e) {
      throw new CaptureUnreadable("%s cannot be read: %s".formatted(folder, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("playing %s was interrupted".formatted(folder), e);
    }
  }

  /**
   * Whether {@link #play} could begin: for callers who would start a whole pipeline for it.
   *
   * @throws CaptureUnreadable as {@link #play} would
   */
  public static void requirePlayable(Path folder, String scene, PlayOptions options) {
    try {
      read(folder.toAbsolutePath().normalize(), options);
      checkNames(scene, Objects.requireNonNullElse(options.capture(), "capture"));
    } catch (IOException e) {
      throw new CaptureUnreadable("%s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static CaptureFolder read(Path folder, PlayOptions options) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new CaptureUnreadable(
          "%s is no folder. Name the folder of a capture.".formatted(folder));
    }
    List<ListedImage> images =
        Files.exists(folder.resolve(CamerasJson.FILE))
            ? CamerasJson.list(folder, options)
            : ImageFolder.list(folder, options.useIntrinsics());
    Path name = Objects.requireNonNullElse(folder.getFileName(), folder);
    return CaptureFolder.arrange(name.toString(), images);
  }

  private static void checkNames(String scene, String capture) {
    try {
      FrameName.of(scene, capture, ImageFolder.CAMERA, 0);
    } catch (FrameRefused e) {
      throw new CaptureUnreadable(e.detail(), e);
    }
  }

  /** One playing of one folder. */
  private final class Playing {
    private final CaptureFolder folder;
    private final String scene;
    private final String capture;
    private final PlayOptions options;
    private final Consumer<PlayResult.Progress> progress;
    private final Semaphore underWay = new Semaphore(UNDER_WAY);
    private final List<CompletableFuture<Object>> outcomes = new ArrayList<>();
    private int accepted;
    private int rejected;

    Playing(
        CaptureFolder folder,
        String scene,
        String capture,
        PlayOptions options,
        Consumer<PlayResult.Progress> progress) {
      this.folder = folder;
      this.scene = scene;
      this.capture = capture;
      this.options = options;
      this.progress = progress;
    }

    PlayResult run() throws InterruptedException, IOException {
      long startedNs = System.nanoTime();
      for (CaptureFolder.Image image : folder.images()) {
        if (options.rate() == PlayOptions.Rate.REALTIME) {
          long sinceFirstNs = image.timeNs() - folder.images().getFirst().timeNs();
          waitUntil(startedNs + sinceFirstNs);
        }
        underWay.acquire();
        outcomes.add(send(image).whenComplete((outcome, failure) -> count(outcome)));
        if (outcomes.getLast().isCompletedExceptionally()) {
          break;
        }
      }
      List<PlayResult.Accepted> taken = new ArrayList<>();
      List<PlayResult.Rejected> refused = new ArrayList<>();
      for (CompletableFuture<Object> outcome : outcomes) {
        switch (joined(outcome)) {
          case PlayResult.Accepted frame -> taken.add(frame);
          case PlayResult.Rejected frame -> refused.add(frame);
          default -> throw new IllegalStateException("a frame ends accepted or rejected");
        }
      }
      for (String camera : folder.cameras()) {
        if (FrameName.isCaptureOrCamera(camera)) {
          joined(intake.end(scene, capture, camera, rigCameras()));
        }
      }
      return new PlayResult(scene, capture, rigCameras(), taken, refused);
    }

    private List<String> rigCameras() {
      return folder.cameras().stream().filter(FrameName::isCaptureOrCamera).toList();
    }

    private CompletableFuture<Object> send(CaptureFolder.Image image) throws IOException {
      byte[] bytes = new byte[0];
      CompletableFuture<FrameIntake.Receipt> receipt;
      try {
        bytes = read(image.listed());
        receipt =
            intake.accept(
                image.request(scene, capture, rigCameras(), !options.ignoreGps()),
                bytes,
                image.listed().source(),
                // One queue for all cameras: the topic then has the order of the capture times.
                scene + "/" + capture);
      } catch (FrameRefused e) {
        receipt =
            intake
                .refuse(
                    scene,
                    capture,
                    image.listed().camera(),
                    image.sequence(),
                    bytes,
                    e,
                    image.listed().source())
                .thenCompose(recorded -> CompletableFuture.failedFuture(e));
      }
      return receipt.handle((accepted, failure) -> outcome(image, accepted, failure));
    }

    private Object outcome(
        CaptureFolder.Image image,
        FrameIntake.@Nullable Receipt receipt,
        @Nullable Throwable failure) {
      String source = image.listed().source();
      if (receipt != null) {
        return new PlayResult.Accepted(
            FrameRecords.id(receipt.name()),
            source,
            receipt.acceptedAtNs(),
            receipt.tookNs(),
            receipt.duplicate());
      }
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      if (cause instanceof FrameRefused refused) {
        return new PlayResult.Rejected(
            FrameRecords.id(scene, capture, image.listed().camera(), image.sequence()),
            source,
            FrameRecords.reason(refused.reason()),
            refused.detail());
      }
      throw new CompletionException(cause);
    }

    private synchronized void count(@Nullable Object outcome) {
      underWay.release();
      if (outcome instanceof PlayResult.Accepted) {
        accepted++;
      } else if (outcome instanceof PlayResult.Rejected) {
        rejected++;
      }
      progress.accept(new PlayResult.Progress(accepted, rejected, folder.images().size()));
    }

    private byte[] read(ListedImage image) throws FrameRefused, IOException {
      if (!Files.isRegularFile(image.file())) {
        throw new FrameRefused(
            FrameRefused.Reason.BAD_PARAMETER,
            "%s is listed in cameras.json and is not there. Add the file or remove its entry."
                .formatted(image.source()));
      }
      if (Files.size(image.file()) > intake.maxImageBytes()) {
        throw FramePreparation.tooLarge(intake.maxImageBytes());
      }
      return Files.readAllBytes(image.file());
    }

    private <T> T joined(CompletableFuture<T> future) {
      try {
        return future.join();
      } catch (CompletionException e) {
        throw new IllegalStateException(
            "playing %s stopped: %s. Look at the broker and the object store, then play it again."
                .formatted(folder.name(), e.getCause()),
            e);
      }
    }
  }

  private static void waitUntil(long nanoTime) throws InterruptedException {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
