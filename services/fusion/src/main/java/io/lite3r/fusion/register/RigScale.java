package io.lite3r.fusion.register;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metric scale from the fixed places of a rig's cameras: wherever a window saw two of them in
 * one instant, their distance in the scene is compared with the true one. What counts is the
 * component along the true baseline, which noise across it does not lengthen; of all instants the
 * median. A focal length that is wrong makes the baseline look as wrong against the way, so only
 * windows count whose focal lengths are known about as well as in any.
 */
final class RigScale {
  /** Frames of different cameras this close in time are one instant, nanoseconds. */
  private static final long INSTANT_NS = 25_000_000;

  /** A window's focal lengths may be known worse than the best ones by this factor. */
  private static final double ABOUT = 1.5;

  private RigScale() {}

  static @Nullable Registration register(List<WindowEntry> windows) {
    List<double[]> seen = new ArrayList<>(); // scene units per metre, true baseline in metres
    double best = windows.stream().mapToDouble(RigScale::focalSigma).min().orElse(0);
    for (WindowEntry window : windows) {
      Sim3 place = window.sceneFromSubmap();
      if (place != null && focalSigma(window) <= ABOUT * best) {
        collect(window, place.scale(), seen);
      }
    }
    if (seen.isEmpty()) {
      return null;
    }
    double perMetre = Quantile.median(seen.stream().mapToDouble(s -> s[0]).toArray(), seen.size());
    if (!(perMetre > 0)) {
      return null;
    }
    double[] gaps = seen.stream().mapToDouble(s -> Math.abs(s[0] / perMetre - 1) * s[1]).toArray();
    double limit = 3 * 1.4826 * Quantile.median(gaps.clone(), gaps.length) + 1e-9;
    double sum = 0;
    int inliers = 0;
    for (double gap : gaps) {
      if (gap <= limit) {
        sum += gap * gap;
        inliers++;
      }
    }
    return new Registration(
        new Sim3(1 / perMetre, Rotation.IDENTITY, Vector3.ZERO),
        Registration.RIG,
        Math.sqrt(sum / Math.max(1, inliers)),
        seen.size(),
        inliers,
        null);
  }

  /** Of the worst known one of the window's cameras; what nobody has measured is 1. */
  private static double focalSigma(WindowEntry window) {
    double worst = 0;
    for (FrameEntry frame : window.frames()) {
      ViewRefinement refinement = frame.refinement();
      worst = Math.max(worst, refinement == null ? 1 : refinement.focal().logSigma());
    }
    return worst;
  }

  private static void collect(WindowEntry window, double scale, List<double[]> seen) {
    List<FrameEntry> frames = window.frames();
    for (int i = 0; i < frames.size(); i++) {
      for (int j = i + 1; j < frames.size(); j++) {
        FrameEntry a = frames.get(i);
        FrameEntry b = frames.get(j);
        if (!a.camera().equals(b.camera())
            && Math.abs(a.captureTimeNs() - b.captureTimeNs()) <= INSTANT_NS) {
          add(a, b, scale, seen);
        }
      }
    }
  }

  private static void add(FrameEntry a, FrameEntry b, double scale, List<double[]> seen) {
    Rigid3 rigFromA = rigFromCamera(a);
    Rigid3 rigFromB = rigFromCamera(b);
    Rigid3 submapFromA = a.submapFromCamera();
    Rigid3 submapFromB = b.submapFromCamera();
    if (rigFromA == null || rigFromB == null || submapFromA == null || submapFromB == null) {
      return;
    }
    Vector3 known = rigFromA.inverse().times(rigFromB).translation();
    Vector3 found = submapFromA.inverse().times(submapFromB).translation().times(scale);
    double square = known.dot(known);
    if (square > 0) {
      seen.add(new double[] {found.dot(known) / square, Math.sqrt(square)});
    }
  }

  private static @Nullable Rigid3 rigFromCamera(FrameEntry frame) {
    FramePriors priors = frame.priors();
    return priors == null ? null : priors.rigFromCamera();
  }
}
