/** Where a submap lies in the scene: similarities from shared views, with their quality. */
@NullMarked
package io.lite3r.fusion.align;

import org.jspecify.annotations.NullMarked;
