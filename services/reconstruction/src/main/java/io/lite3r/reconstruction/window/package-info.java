/** From a window's views to the tensor the model wants. */
@NullMarked
package io.lite3r.reconstruction.window;

import org.jspecify.annotations.NullMarked;
