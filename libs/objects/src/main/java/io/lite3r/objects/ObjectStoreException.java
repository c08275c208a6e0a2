package io.lite3r.objects;

/**
 * The object store did not do what was asked; the message names the object and the cure. The kinds
 * that callers tell apart are subclasses.
 */
public class ObjectStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ObjectStoreException(String message) {
    super(message);
  }

  ObjectStoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The world is bad: the server stayed away for the whole retry budget. */
  public static final class Unavailable extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The claim check names an object that does not exist. */
  public static final class Missing extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
      super(message);
    }
  }

  /** The object's bytes are not those the claim check promises. */
  public static final class Corrupt extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    Corrupt(String message) {
      super(message);
    }
  }
}
