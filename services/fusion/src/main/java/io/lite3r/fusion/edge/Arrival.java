package io.lite3r.fusion.edge;

import io.lite3r.schemas.v1.ReconstructionRecord;
import io.opentelemetry.context.Context;

/**
 * A record that has come and is not done with.
 *
 * @param event what it says
 * @param trace the trace it is part of
 * @param done to be run once its effect is durable: lets its offset be committed
 */
record Arrival(ReconstructionRecord event, Context trace, Runnable done) {}
