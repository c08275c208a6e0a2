package io.lite3r.objects;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.errors.ServerException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * Repeats one call while the server is away, waiting 50 ms, 100 ms, 200 ms ... 5 s, until the
 * budget is spent. Only failures that another attempt can cure are repeated; a refusal (no access,
 * no such object, precondition failed) is the caller's to read.
 */
final class Retry {
  private static final Duration FIRST_WAIT = Duration.ofMillis(50);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final Set<Integer> TRANSIENT_STATUS = Set.of(408, 409, 429, 500, 502, 503, 504);

  private final Duration budget;

  Retry(Duration budget) {
    this.budget = budget;
  }

  @FunctionalInterface
  interface Call<T> {
    T run() throws MinioException, IOException;
  }

  /**
   * What the call returned; a refusal is thrown as it came.
   *
   * @param what the operation and its object, for the message
   * @throws ObjectStoreException.Unavailable when the budget is spent
   */
  <T> T run(String what, String endpoint, Call<T> call) throws ErrorResponseException {
    long deadline = System.nanoTime() + budget.toNanos();
    Duration wait = FIRST_WAIT;
    while (true) {
      try {
        return call.run();
      } catch (ErrorResponseException e) {
        if (!TRANSIENT_STATUS.contains(e.response().code())) {
          throw e;
        }
        wait = pause(wait, deadline, what, endpoint, e);
      } catch (MinioException | IOException | IllegalStateException e) {
        if (!isTransient(e)) {
          throw new ObjectStoreException(
              "%s failed at %s: %s".formatted(what, endpoint, e.getMessage()), e);
        }
        wait = pause(wait, deadline, what, endpoint, e);
      }
    }
  }

  /**
   * The client wraps a broken connection now in its own exception, now in IllegalStateException.
   */
  private static boolean isTransient(Exception e) {
    if (e instanceof ServerException server) {
      return TRANSIENT_STATUS.contains(server.statusCode());
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private Duration pause(
      Duration wait, long deadline, String what, String endpoint, Exception cause) {
    if (System.nanoTime() + wait.toNanos() > deadline) {
      throw new ObjectStoreException.Unavailable(
          ("%s failed for %s: no answer from the object store at %s (%s). Check that it runs and that"
                  + " lite3r.s3.endpoint is right")
              .formatted(what, budget, endpoint, cause.getMessage()),
          cause);
    }
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException(what + " was interrupted", e);
    }
    Duration doubled = wait.multipliedBy(2);
    return doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
  }
}
