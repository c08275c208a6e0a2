/**
 * Captures of which everything is known, cut into windows that are wrong by known amounts: what is
 * measured on them is fusion's own error, and no model's.
 */
@NullMarked
package io.lite3r.fusion.truth;

import org.jspecify.annotations.NullMarked;
