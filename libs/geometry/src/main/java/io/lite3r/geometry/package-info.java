/**
 * The one geometry law of the system.
 *
 * <ul>
 *   <li>Camera axes are OpenCV's: x right, y down, z forward. Depth is z-depth.
 *   <li>A transform reads target-from-source: {@code sceneFromCamera.apply(pointInCamera)} is a
 *       point in the scene, and a chain reads like dominoes: {@code
 *       sceneFromSubmap.times(submapFromCamera)}. What papers call world-to-camera extrinsics is
 *       {@code cameraFromWorld}.
 *   <li>Image coordinates are continuous with (0, 0) at the top-left corner of the image; the
 *       centre of the first pixel is (0.5, 0.5), as in COLMAP. Importers convert sources that put
 *       the origin elsewhere.
 *   <li>Every {@link io.lite3r.geometry.Intrinsics} states the image size it belongs to.
 *   <li>Metres are said only where the scale is metric. A window's geometry lives in its own
 *       <em>submap</em> space, whose unit is whatever the model gives; a {@link
 *       io.lite3r.geometry.Sim3} turns it into the scene's.
 *   <li>Quaternions are unit length, scalar first in code (w, x, y, z); file formats that want
 *       another order convert at the edge.
 * </ul>
 */
@NullMarked
package io.lite3r.geometry;

import org.jspecify.annotations.NullMarked;
