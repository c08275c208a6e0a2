package io.lite3r.schemas.scene;

import io.lite3r.geometry.DepthField;
import org.jspecify.annotations.Nullable;

/**
 * What fusion has found out about a view from the pictures of its window, beyond its pose and
 * camera.
 *
 * @param focal the focal length that the view's cameras stand for
 * @param known what is known of the camera's focal length with this window, and the next window
 *     starts from
 * @param depth what the stored depth is to be multiplied with; absent when nothing
 */
public record ViewRefinement(
    FocalEstimate focal, FocalEstimate known, @Nullable DepthField depth) {}
