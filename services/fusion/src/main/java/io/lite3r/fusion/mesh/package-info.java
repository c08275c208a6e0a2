/**
 * The surface of the volume as coloured triangles, tile by tile, and the files it is written to.
 */
@NullMarked
package io.lite3r.fusion.mesh;

import org.jspecify.annotations.NullMarked;
