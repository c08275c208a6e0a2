/**
 * Poses made better than a model gives them: the same points of the images are found in several
 * views, and cameras are moved until the points meet. The model's depth says where to look and how
 * long the way was.
 */
@NullMarked
package io.lite3r.fusion.refine;

import org.jspecify.annotations.NullMarked;
