package io.lite3r.fusion.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A real S3 server on a real folder. */
final class Server implements AutoCloseable {
  private final S3Proxy proxy;

  Server(Path folder) throws Exception {
    proxy =
        S3Proxy.builder()
            .blobStore(new FilesystemNio2BlobStore(folder.toString()))
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "local", "local-secret")
            .build();
    proxy.start();
  }

  ObjectStore bucket(String name) {
    return new ObjectStore(
        new ObjectStoreSettings(
            URI.create("http://127.0.0.1:" + proxy.getPort()),
            "local",
            "local-secret",
            name,
            Duration.ofSeconds(20)));
  }

  @Override
  public void close() throws Exception {
    proxy.stop();
  }
}
