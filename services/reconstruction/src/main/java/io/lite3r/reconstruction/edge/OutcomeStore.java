package io.lite3r.reconstruction.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.reconstruction.OutcomeKey;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.schemas.v1.ClaimCheck;
import io.lite3r.schemas.v1.Reconstruction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Outcomes that are already done. Delivery is at-least-once and any worker may take any window, so
 * two workers may hold the same one: the outcome that is stored first is the outcome, and everybody
 * publishes that one.
 *
 * <p>A submap's key ends in its own hash. On a GPU two workers' submaps may differ in the last
 * bits, and the outcome that wins must point at the depth its poses were made with.
 */
@ApplicationScoped
public class OutcomeStore {
  private static final String OUTCOME_TYPE = "application/x-protobuf";

  private final ObjectStore objects;

  public OutcomeStore(ObjectStore objects) {
    this.objects = objects;
  }

  /** Fails when the object store is away for good, or does not keep its promises. */
  void ready() {
    objects.ready();
  }

  /** The outcome under that key, when a worker has already finished it. */
  Optional<Reconstruction> find(String scene, String outcomeKey) {
    return objects.get(key(scene, outcomeKey)).map(StoredObject::bytes).map(OutcomeStore::parse);
  }

  ClaimCheck putSubmap(String scene, String outcomeKey, SubmapObject submap) {
    byte[] bytes = submap.encode();
    String hash = OutcomeKey.sha256(bytes).substring(0, 16);
    return objects.putIfAbsent(
        "submaps/%s/%s/%s".formatted(scene, outcomeKey, hash), bytes, SubmapObject.MEDIA_TYPE);
  }

  /** Stores the outcome unless one is there; the one that counts comes back. */
  Reconstruction putIfAbsent(Reconstruction outcome) {
    byte[] bytes = outcome.toByteArray();
    ClaimCheck check =
        objects.putIfAbsent(key(outcome.getScene(), outcome.getOutcomeKey()), bytes, OUTCOME_TYPE);
    return parse(objects.get(check));
  }

  private static String key(String scene, String outcomeKey) {
    return "outcomes/%s/%s".formatted(scene, outcomeKey);
  }

  private static Reconstruction parse(byte[] bytes) {
    try {
      return Reconstruction.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "a stored outcome is no Reconstruction record; was outcomes/ written by something else?",
          e);
    }
  }
}
