/**
 * One scene as it grows: outcomes in, windows placed and fused, frames brought to their end. Pure
 * and deterministic: the same outcomes give the same scene, whenever they come and whoever asks.
 */
@NullMarked
package io.lite3r.fusion.scene;

import org.jspecify.annotations.NullMarked;
