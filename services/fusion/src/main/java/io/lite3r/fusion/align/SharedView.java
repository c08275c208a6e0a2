package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;

/**
 * One frame as two submaps see it: one that has its place in the scene, and one that is looking for
 * it.
 *
 * @param placed the frame in the submap that is placed
 * @param sceneFromPlaced where that submap lies
 * @param incoming the same frame in the submap to be placed
 */
public record SharedView(SubmapView placed, Sim3 sceneFromPlaced, SubmapView incoming) {

  Rigid3 sceneFromCamera() {
    return sceneFromPlaced.carry(placed.submapFromCamera());
  }

  /** Depth can be compared pixel by pixel only on one grid. */
  boolean sameGrid() {
    return placed.width() == incoming.width() && placed.height() == incoming.height();
  }
}
