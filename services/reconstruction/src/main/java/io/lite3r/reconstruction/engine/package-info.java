/**
 * Engines that were compiled for one model on one kind of GPU: what names them, how they are kept,
 * and when a kept one is believed.
 */
@NullMarked
package io.lite3r.reconstruction.engine;

import org.jspecify.annotations.NullMarked;
