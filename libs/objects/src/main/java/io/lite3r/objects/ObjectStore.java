package io.lite3r.objects;

import com.google.protobuf.ByteString;
import io.lite3r.schemas.v1.ClaimCheck;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Whole objects in one bucket of an S3 server. Calls block and may be made from any thread; each
 * retries within the budget while the server is away and then throws {@link
 * ObjectStoreException.Unavailable}. The first write creates the bucket and proves that the server
 * really honours conditional writes; {@link #ready()} does so at once. Reading needs neither, nor
 * the permission for it: in a bucket that is not there, nothing is found.
 */
public final class ObjectStore {
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int DELETE_BATCH = 1000;

  private final ObjectStoreSettings settings;
  private final MinioClient client;
  private final Retry retry;
  private volatile boolean ready;

  public ObjectStore(ObjectStoreSettings settings) {
    this.settings = settings;
    this.retry = new Retry(settings.retryBudget());
    OkHttpClient http =
        new OkHttpClient.Builder()
            .connectTimeout(5, TimeUnit.SECONDS)
            .readTimeout(30, TimeUnit.SECONDS)
            .writeTimeout(30, TimeUnit.SECONDS)
            .build();
    this.client =
        MinioClient.builder()
            .endpoint(settings.endpoint().toString())
            .credentials(settings.accessKey(), settings.secretKey())
            // Naming a region spares a round trip that asks for it; servers of one region accept
            // it.
            .region("us-east-1")
            .httpClient(http)
            .build();
  }

  /** The bucket all keys live in. */
  public String bucket() {
    return settings.bucket();
  }

  /**
   * Stores bytes under a key that nobody has written yet. The first writer wins: when the key
   * exists, nothing is written and the claim check describes what is there, which may be other
   * bytes than these.
   */
  public ClaimCheck putIfAbsent(String key, byte[] bytes, String mediaType) {
    ready();
    return tryPut(key, bytes, mediaType, Map.of("If-None-Match", "*")).isPresent()
        ? claimCheck(key, bytes, mediaType)
        : claimCheck(
            key,
            get(key)
                .orElseThrow(
                    () ->
                        new ObjectStoreException.Missing(
                            key + " was deleted while it was being written; write it again"))
                .bytes(),
            mediaType);
  }

  /**
   * Replaces an object only while it is still in the state that the caller read.
   *
   * @param expectedEtag of the state to replace; null when there must be no object yet
   * @return the new ETag, or empty when somebody else has moved it: read again and decide anew
   */
  public Optional<String> compareAndSwap(
      String key, byte[] bytes, String mediaType, @Nullable String expectedEtag) {
    ready();
    Map<String, String> condition =
        expectedEtag == null
            ? Map.of("If-None-Match", "*")
            : Map.of("If-Match", "\"" + expectedEtag + "\"");
    Optional<String> etag = tryPut(key, bytes, mediaType, condition);
    if (etag.isPresent()) {
      return etag;
    }
    // An attempt whose answer was lost may have won, and its repeat then lost against itself.
    return get(key).filter(now -> Arrays.equals(now.bytes(), bytes)).map(StoredObject::etag);
  }

  /** The object's bytes and state, or empty when there is none. */
  public Optional<StoredObject> get(String key) {
    return read(settings.bucket(), key);
  }

  /**
   * The bytes a claim check stands for, verified by length and SHA-256.
   *
   * @throws ObjectStoreException.Missing when there is no such object
   * @throws ObjectStoreException.Corrupt when its bytes are others than promised
   */
  public byte[] get(ClaimCheck check) {
    byte[] bytes =
        read(check.getBucket(), check.getKey())
            .orElseThrow(
                () ->
                    new ObjectStoreException.Missing(
                        "no object %s in bucket %s, though a record names it"
                            .formatted(check.getKey(), check.getBucket())))
            .bytes();
    if (bytes.length != check.getSizeBytes() || !sha256(bytes).equals(check.getSha256())) {
      throw new ObjectStoreException.Corrupt(
          "object %s in bucket %s is not what its claim check promises (%d bytes, %d promised)"
              .formatted(check.getKey(), check.getBucket(), bytes.length, check.getSizeBytes()));
    }
    return bytes;
  }

  /** All keys that begin with the prefix, sorted. */
  public List<String> list(String prefix) {
    try {
      return retry.run("listing " + prefix, endpoint(), () -> keys(prefix));
    } catch (ErrorResponseException e) {
      if (hasNoBucket(e)) {
        return List.of();
      }
      throw refused("listing " + prefix, e);
    }
  }

  private List<String> keys(String prefix) throws MinioException {
    var args =
        ListObjectsArgs.builder().bucket(settings.bucket()).prefix(prefix).recursive(true).build();
    List<String> keys = new ArrayList<>();
    for (var item : client.listObjects(args)) {
      keys.add(item.get().objectName());
    }
    return keys.stream().sorted().toList();
  }

  /** Deletes these objects; those that do not exist are no error. */
  public void delete(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    for (int from = 0; from < all.size(); from += DELETE_BATCH) {
      deleteBatch(all.subList(from, Math.min(all.size(), from + DELETE_BATCH)));
    }
  }

  /** Deletes everything whose key begins with the prefix, and says how many objects that were. */
  public int deleteAll(String prefix) {
    if (prefix.isEmpty()) {
      throw new IllegalArgumentException("an empty prefix would delete the whole bucket");
    }
    List<String> keys = list(prefix);
    delete(keys);
    return keys.size();
  }

  /**
   * Creates the bucket when there is none and proves the server's conditional writes; a server that
   * ignores them is refused, since two writers would both believe they had won. Once done, later
   * calls return at once.
   */
  public void ready() {
    if (ready) {
      return;
    }
    synchronized (this) {
      if (!ready) {
        proveConditionalWrites();
        ready = true;
      }
    }
  }

  /**
   * Creates the bucket when a write finds none. Where the bucket was made beforehand, nobody asks
   * for it, and a service's credentials need no word about buckets.
   */
  private void createBucket() {
    run(
        "creating bucket " + settings.bucket(),
        () -> {
          try {
            client.makeBucket(MakeBucketArgs.builder().bucket(settings.bucket()).build());
          } catch (ErrorResponseException e) {
            // Another service may have been first; what counts is that it is there.
            if (!e.errorResponse().code().startsWith("BucketAlready")) {
              throw e;
            }
          }
          return settings.bucket();
        });
  }

  private static boolean hasNoBucket(ErrorResponseException e) {
    return "NoSuchBucket".equals(e.errorResponse().code());
  }

  private void proveConditionalWrites() {
    String key = ".probe/" + UUID.randomUUID();
    byte[] bytes = {1};
    String type = "application/octet-stream";
    Optional<String> first = firstPut(key, bytes, type);
    boolean secondWon = tryPut(key, bytes, type, Map.of("If-None-Match", "*")).isPresent();
    String stranger = "\"00000000000000000000000000000000\"";
    boolean strangerWon = tryPut(key, bytes, type, Map.of("If-Match", stranger)).isPresent();
    deleteBatch(List.of(key));
    if (first.isEmpty() || secondWon || strangerWon) {
      throw new ObjectStoreException(
          ("the object store at %s ignores %s, so two writers could both believe they had won. Use"
                  + " a server with conditional writes (AWS S3, MinIO, S3Proxy 4)")
              .formatted(
                  settings.endpoint(), strangerWon && !secondWon ? "If-Match" : "If-None-Match"));
    }
  }

  private Optional<String> firstPut(String key, byte[] bytes, String type) {
    try {
      return put(key, bytes, type, Map.of("If-None-Match", "*"));
    } catch (ErrorResponseException e) {
      if (!hasNoBucket(e)) {
        throw refused("writing " + key, e);
      }
      createBucket();
      return tryPut(key, bytes, type, Map.of("If-None-Match", "*"));
    }
  }

  /** The new ETag, or empty when the condition did not hold. */
  private Optional<String> tryPut(
      String key, byte[] bytes, String mediaType, Map<String, String> condition) {
    try {
      return put(key, bytes, mediaType, condition);
    } catch (ErrorResponseException e) {
      int status = e.response().code();
      // If-Match on an object that is gone is answered with 404 by some servers, with 412 by
      // others.
      if (status == PRECONDITION_FAILED
          || (status == NOT_FOUND && condition.containsKey("If-Match"))) {
        return Optional.empty();
      }
      throw refused("writing " + key, e);
    }
  }

  private Optional<String> put(
      String key, byte[] bytes, String mediaType, Map<String, String> condition)
      throws ErrorResponseException {
    var args =
        PutObjectArgs.builder()
            .bucket(settings.bucket())
            .object(key)
            .contentType(mediaType)
            .extraHeaders(condition)
            .data(bytes, bytes.length)
            .build();
    return Optional.of(
        unquoted(retry.run("writing " + key, endpoint(), () -> client.putObject(args)).etag()));
  }

  private Optional<StoredObject> read(String bucket, String key) {
    try {
      return Optional.of(
          retry.run(
              "reading " + key,
              endpoint(),
              () -> {
                var args = GetObjectArgs.builder().bucket(bucket).object(key).build();
                try (GetObjectResponse response = client.getObject(args)) {
                  String etag = response.headers().get("ETag");
                  return new StoredObject(
                      response.readAllBytes(), unquoted(etag == null ? "" : etag));
                }
              }));
    } catch (ErrorResponseException e) {
      if (e.response().code() == NOT_FOUND) {
        return Optional.empty();
      }
      throw refused("reading " + key, e);
    }
  }

  private void deleteBatch(List<String> keys) {
    run(
        "deleting %d objects".formatted(keys.size()),
        () -> {
          var args =
              RemoveObjectsArgs.builder()
                  .bucket(settings.bucket())
                  .objects(keys.stream().map(DeleteRequest.Object::new).toList())
                  .build();
          for (var failure : client.removeObjects(args)) {
            throw new ObjectStoreException(
                "deleting %s failed: %s"
                    .formatted(failure.get().objectName(), failure.get().message()));
          }
          return keys.size();
        });
  }

  private <T> T run(String what, Retry.Call<T> call) {
    try {
      return retry.run(what, endpoint(), call);
    } catch (ErrorResponseException e) {
      throw refused(what, e);
    }
  }

  private ObjectStoreException refused(String what, ErrorResponseException e) {
    return new ObjectStoreException(
        "%s was refused by the object store at %s: %d %s. Check lite3r.s3.access-key, .secret-key and .bucket"
            .formatted(what, endpoint(), e.response().code(), e.errorResponse().message()),
        e);
  }

  private String endpoint() {
    return settings.endpoint().toString();
  }

  private ClaimCheck claimCheck(String key, byte[] bytes, String mediaType) {
    return ClaimCheck.newBuilder()
        .setBucket(settings.bucket())
        .setKey(key)
        .setSizeBytes(bytes.length)
        .setSha256(sha256(bytes))
        .setMediaType(mediaType)
        .build();
  }

  private static String unquoted(String etag) {
    return etag.replace("\"", "");
  }

  private static ByteString sha256(byte[] bytes) {
    try {
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
