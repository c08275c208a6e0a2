package io.lite3r.objects;

/**
 * An object as it was read. Holds the bytes without a copy: read only. Not a record, since arrays
 * have no value equality.
 */
public final class StoredObject {
  private final byte[] bytes;
  private final String etag;

  StoredObject(byte[] bytes, String etag) {
    this.bytes = bytes;
    this.etag = etag;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** What {@link ObjectStore#compareAndSwap} expects to replace exactly this state. */
  public String etag() {
    return etag;
  }
}
