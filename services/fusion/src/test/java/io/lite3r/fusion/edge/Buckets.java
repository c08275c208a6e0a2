package io.lite3r.fusion.edge;

import io.lite3r.objects.ObjectStore;

/** Buckets of one real S3 server, which the tests of a process share and which ends with it. */
final class Buckets {
  private static final StackResource SERVER = started();

  private Buckets() {}

  private static StackResource started() {
    StackResource server = new StackResource();
    server.start();
    return server;
  }

  /** Empty unless a test has used the name before. */
  static ObjectStore of(String name) {
    return SERVER.bucket(name);
  }
}
