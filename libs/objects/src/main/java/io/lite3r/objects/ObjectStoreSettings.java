package io.lite3r.objects;

import java.net.URI;
import java.time.Duration;

/**
 * Where the object store is and how long to bear with it.
 *
 * @param bucket created at first use when it does not exist
 * @param retryBudget how long one operation may go on retrying when the server is away
 */
public record ObjectStoreSettings(
    URI endpoint, String accessKey, String secretKey, String bucket, Duration retryBudget) {
  public ObjectStoreSettings {
    if (bucket.length() < 3) {
      throw new IllegalArgumentException(
          "lite3r.s3.bucket must have at least 3 characters, got '%s'".formatted(bucket));
    }
  }
}
