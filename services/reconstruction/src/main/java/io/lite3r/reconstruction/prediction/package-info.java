/** What the model answered, and whether that can be true. */
@NullMarked
package io.lite3r.reconstruction.prediction;

import org.jspecify.annotations.NullMarked;
