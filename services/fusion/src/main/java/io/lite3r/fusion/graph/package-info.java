/**
 * Submaps as nodes of a pose graph of similarities: ties between them, positions that hold them,
 * and the places that agree best with all of it. Pure arithmetic, deterministic, on doubles.
 */
@NullMarked
package io.lite3r.fusion.graph;

import org.jspecify.annotations.NullMarked;
