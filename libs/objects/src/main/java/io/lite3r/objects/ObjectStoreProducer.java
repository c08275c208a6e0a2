package io.lite3r.objects;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Gives a service its object store from the keys {@code lite3r.s3.*}; nothing is contacted yet. It
 * is retried as long as topics.yaml allows.
 */
@ApplicationScoped
public class ObjectStoreProducer {
  @Produces
  @Singleton
  ObjectStore objectStore(
      @ConfigProperty(name = "lite3r.s3.endpoint") URI endpoint,
      @ConfigProperty(name = "lite3r.s3.access-key") String accessKey,
      @ConfigProperty(name = "lite3r.s3.secret-key") String secretKey,
      @ConfigProperty(name = "lite3r.s3.bucket", defaultValue = "lite3r") String bucket,
      @ConfigProperty(name = "topics.retry-budget") Duration budget) {
    return new ObjectStore(new ObjectStoreSettings(endpoint, accessKey, secretKey, bucket, budget));
  }
}
