/** Outcomes in the order of their window numbers, whatever order they come in. */
@NullMarked
package io.lite3r.fusion.order;

import org.jspecify.annotations.NullMarked;
