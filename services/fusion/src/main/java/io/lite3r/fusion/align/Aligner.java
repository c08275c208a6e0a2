package io.lite3r.fusion.align;

import java.util.List;

/** Finds the place of a submap from the views it shares with placed ones. */
public interface Aligner {
  /** Its name in manifests. */
  String name();

  /** The place that agrees best with the shared views, of which there is at least one. */
  Alignment align(List<SharedView> shared);
}
