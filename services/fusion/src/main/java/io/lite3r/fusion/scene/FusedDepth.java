package io.lite3r.fusion.scene;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.ObservedView;
import io.lite3r.fusion.tsdf.SceneDigest;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The windows' depth in one volume, which the first of them begins. */
final class FusedDepth {
  private final FusionRules rules;
  private final Integrator integrator;
  private @Nullable Volume volume;

  FusedDepth(FusionRules rules, Integrator integrator) {
    this.rules = rules;
    this.integrator = integrator;
  }

  /** None before the first fused window. */
  @Nullable Volume volume() {
    return volume;
  }

  /** An empty one; whoever has the voxels fills it. */
  void begin(double voxelSize) {
    volume = integrator.newVolume(voxelSize, rules.truncationVoxels());
  }

  /**
   * Adds a new window.
   *
   * @return to how many voxels each view gave weight
   */
  long[] add(List<SubmapView> views, Sim3 sceneFromSubmap) {
    if (volume == null) {
      begin(rules.voxelSize().orElseGet(() -> VoxelSize.of(views)));
    }
    return integrator.integrate(
        Objects.requireNonNull(volume), integrator.observe(rules.gate(), views, sceneFromSubmap));
  }

  /** Adds a window that was fused before, where its entry says that it lies. */
  void add(WindowEntry entry, List<SubmapView> stored) {
    Volume into = volume;
    if (entry.sceneFromSubmap() == null || into == null) {
      throw new IllegalArgumentException("window " + entry.number() + " was not fused");
    }
    integrator.integrate(into, observe(entry, stored));
  }

  /** Takes a window out where it was and puts it in where it is now. */
  void move(WindowEntry before, WindowEntry now, List<SubmapView> stored) {
    Volume within = Objects.requireNonNull(volume);
    integrator.remove(within, observe(before, stored));
    integrator.integrate(within, observe(now, stored));
  }

  private List<ObservedView> observe(WindowEntry entry, List<SubmapView> stored) {
    return integrator.observe(
        rules.gate(),
        EntryPlanes.posed(entry, stored),
        Objects.requireNonNull(entry.sceneFromSubmap()));
  }

  /** Digest of the voxels and of the windows' poses, lower-case hex. */
  String digest(List<WindowEntry> windows) {
    TreeMap<Long, Sim3> poses = new TreeMap<>();
    for (WindowEntry entry : windows) {
      Sim3 pose = entry.sceneFromSubmap();
      if (pose != null) {
        poses.put(entry.number(), pose);
      }
    }
    Volume now = volume;
    return SceneDigest.of(now == null ? new Volume(1, rules.truncationVoxels()) : now, poses);
  }
}
