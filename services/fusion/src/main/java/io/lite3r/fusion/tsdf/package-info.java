/**
 * The volume: exact integer sums in hashed blocks of 8 x 8 x 8 voxels. See DESIGN.md beside this
 * file.
 */
@NullMarked
package io.lite3r.fusion.tsdf;

import org.jspecify.annotations.NullMarked;
