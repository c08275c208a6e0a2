/**
 * A published scene as the files of the command line's contract: trajectories, cameras, depth
 * images, mesh, tiles.
 */
@NullMarked
package io.lite3r.standalone.export;

import org.jspecify.annotations.NullMarked;
