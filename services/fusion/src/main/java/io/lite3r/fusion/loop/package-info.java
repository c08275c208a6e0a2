/**
 * Loops found from pictures: what views look like, which earlier window seems to show the same
 * place, and whether a reconstruction of views of both sides says that it does. Pure arithmetic,
 * the same for the same pictures on any machine.
 */
@NullMarked
package io.lite3r.fusion.loop;

import org.jspecify.annotations.NullMarked;
