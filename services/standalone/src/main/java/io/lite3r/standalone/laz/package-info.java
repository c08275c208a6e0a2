/**
 * LAZ: point clouds of LAS 1.2, compressed as the LASzip specification (version 2, chunked by
 * points) says. Only what a scene's points have is coded: position and colour.
 */
@NullMarked
package io.lite3r.standalone.laz;

import org.jspecify.annotations.NullMarked;
