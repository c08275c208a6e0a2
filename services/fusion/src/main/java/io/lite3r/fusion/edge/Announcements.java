package io.lite3r.fusion.edge;

import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import java.util.List;

/** Tells the world; each call returns when what it said is durable. */
interface Announcements {
  void updated(SceneUpdate update);

  void ended(String scene, List<FrameOutcome> outcomes);

  /** Asks for the reconstruction of a verification window. */
  void verify(Window window);
}
