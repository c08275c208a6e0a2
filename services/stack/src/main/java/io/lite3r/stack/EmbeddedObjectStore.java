package io.lite3r.stack;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 server over a folder, on loopback. Conditional puts are atomic; there is no versioning. */
final class EmbeddedObjectStore implements AutoCloseable {
  private final URI endpoint;
  private final S3Proxy server;

  private EmbeddedObjectStore(URI endpoint, S3Proxy server) {
    this.endpoint = endpoint;
    this.server = server;
  }

  static EmbeddedObjectStore start(Path folder, int port, String accessKey, String secretKey)
      throws Exception {
    Files.createDirectories(folder);
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(new FilesystemNio2BlobStore(folder.toString()))
            .endpoint(endpoint)
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
            .ignoreUnknownHeaders(true)
            .build();
    server.start();
    return new EmbeddedObjectStore(endpoint, server);
  }

  URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
