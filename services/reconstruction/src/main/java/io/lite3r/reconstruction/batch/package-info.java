/** Windows of one shape that pass the network together. */
@NullMarked
package io.lite3r.reconstruction.batch;

import org.jspecify.annotations.NullMarked;
