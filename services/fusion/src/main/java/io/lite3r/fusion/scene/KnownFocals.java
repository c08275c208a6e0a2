package io.lite3r.fusion.scene;

import io.lite3r.schemas.scene.FocalEstimate;
import org.jspecify.annotations.Nullable;

/** What has been found out about the focal lengths of cameras. */
@FunctionalInterface
interface KnownFocals {
  /** The last word on a camera's focal length; null when there is none. */
  @Nullable FocalEstimate of(String camera);
}
