/**
 * One window in, exactly one outcome out. The network stands behind {@link
 * io.lite3r.reconstruction.Reconstructor}; what surrounds it here is plain Java: which bucket,
 * which pixels, and whether the answer can be true.
 */
@NullMarked
package io.lite3r.reconstruction;

import org.jspecify.annotations.NullMarked;
