/**
 * What is measured and what it is called, for all stages at one place, and the endpoint that shows
 * it. Prometheus writes a name with underscores and its unit behind it: {@code
 * lite3r_reconstruction_inference_duration_seconds}.
 */
@NullMarked
package io.lite3r.telemetry;

import org.jspecify.annotations.NullMarked;
