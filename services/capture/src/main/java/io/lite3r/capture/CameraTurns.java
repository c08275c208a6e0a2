package io.lite3r.capture;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps each camera's order while its frames are prepared side by side: a turn taken first is
 * served first, however long its preparation takes. Cameras do not wait for each other.
 */
public final class CameraTurns {
  private final Map<String, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

  /** A place in a camera's queue. Whoever takes one must call done, whatever happens. */
  public final class Turn {
    private final String camera;
    private final CompletableFuture<Void> before;
    private final CompletableFuture<Void> own = new CompletableFuture<>();

    private Turn(String camera, CompletableFuture<Void> before) {
      this.camera = camera;
      this.before = before;
    }

    /** Completes when all earlier turns of the camera are done. */
    public CompletableFuture<Void> comes() {
      return before;
    }

    public void done() {
      // Also behind a turn that was given up before it came, the order of the others holds.
      before.whenComplete(
          (nothing, failure) -> {
            last.remove(camera, own);
            own.complete(null);
          });
    }
  }

  public Turn take(String camera) {
    Turn[] taken = new Turn[1];
    last.compute(
        camera,
        (key, before) -> {
          taken[0] =
              new Turn(key, before == null ? CompletableFuture.completedFuture(null) : before);
          return taken[0].own;
        });
    return taken[0];
  }
}
