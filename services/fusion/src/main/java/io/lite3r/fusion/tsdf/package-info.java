/**
 * The volume: exact integer sums in hashed blocks of 8 x 8 x 8 voxels; services/fusion/DESIGN.md
 * tells how and why.
 */
@NullMarked
package io.lite3r.fusion.tsdf;

import org.jspecify.annotations.NullMarked;
