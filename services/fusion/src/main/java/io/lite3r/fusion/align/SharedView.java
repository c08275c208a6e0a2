package io.lite3r.fusion.align;

import io.lite3r.fusion.refine.CornerDepth;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import java.util.List;

/**
 * One frame as two submaps see it: one that has its place in the scene, and one that is looking for
 * it.
 *
 * @param placed the frame in the submap that is placed
 * @param sceneFromPlaced where that submap lies
 * @param incoming the same frame in the submap to be placed
 * @param placedCorners depths of its corners by the other views of the submap that is placed
 * @param incomingCorners the same in the submap to be placed
 */
public record SharedView(
    SubmapView placed,
    Sim3 sceneFromPlaced,
    SubmapView incoming,
    List<CornerDepth> placedCorners,
    List<CornerDepth> incomingCorners) {

  public SharedView {
    placedCorners = List.copyOf(placedCorners);
    incomingCorners = List.copyOf(incomingCorners);
  }

  /** Of a frame whose corners no other view has seen. */
  public SharedView(SubmapView placed, Sim3 sceneFromPlaced, SubmapView incoming) {
    this(placed, sceneFromPlaced, incoming, List.of(), List.of());
  }

  Rigid3 sceneFromCamera() {
    return sceneFromPlaced.carry(placed.submapFromCamera());
  }

  /** Depth can be compared pixel by pixel only on one grid. */
  boolean sameGrid() {
    return placed.width() == incoming.width() && placed.height() == incoming.height();
  }
}
