/** Windows that wait their turn, and how many may be under way. */
@NullMarked
package io.lite3r.reconstruction.queue;

import org.jspecify.annotations.NullMarked;
