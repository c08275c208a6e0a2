package io.lite3r.fusion.edge;

import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * A record that has come and is not done with.
 *
 * @param event what it says
 * @param trace the trace it is part of
 * @param origin where it came from, as {@code endOffset} of the input after it; null when it came
 *     from no topic
 * @param done to be run once its effect is durable: lets its offset be committed
 */
record Arrival(
    ReconstructionRecord event,
    Context trace,
    SceneManifest.@Nullable Input origin,
    Runnable done) {

  Arrival(ReconstructionRecord event, Context trace, Runnable done) {
    this(event, trace, null, done);
  }
}
