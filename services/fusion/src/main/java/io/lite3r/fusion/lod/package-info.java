/**
 * Levels of detail: an octree over the scene's tiles, which are its leaves. A node of level n has
 * the surface of up to 8^n tiles with vertices clustered in cells of 2^n voxels.
 */
@NullMarked
package io.lite3r.fusion.lod;

import org.jspecify.annotations.NullMarked;
