/** What a window brings: depth, confidence, colour, poses and cameras in its own space. */
@NullMarked
package io.lite3r.fusion.submap;

import org.jspecify.annotations.NullMarked;
