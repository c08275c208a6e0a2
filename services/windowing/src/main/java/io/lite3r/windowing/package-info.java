/**
 * Frames in, windows out, by stream time alone.
 *
 * <p>{@link io.lite3r.windowing.CaptureAssembly} takes what one capture's cameras did, one event
 * after the other, and answers with {@link io.lite3r.windowing.Decision}s. It groups frames into
 * <em>instants</em> ({@link io.lite3r.windowing.InstantMatcher}) and instants into overlapping
 * <em>windows</em> ({@link io.lite3r.windowing.WindowAssembler}). No clock, no randomness, no order
 * of arrival between cameras enters a decision: each camera's own order and the capture times are
 * all there is, so the same records give the same windows at any speed.
 */
@NullMarked
package io.lite3r.windowing;

import org.jspecify.annotations.NullMarked;
