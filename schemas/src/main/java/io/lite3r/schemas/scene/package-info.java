/**
 * The stored form of a scene: what fusion publishes with every version and what the console,
 * exports and audits read. The JSON is described in {@code schemas/scene-manifest.md}; {@link
 * io.lite3r.schemas.scene.SceneJson} is its only codec.
 */
@NullMarked
package io.lite3r.schemas.scene;

import org.jspecify.annotations.NullMarked;
