/**
 * Images in, frames out. An image is checked by name and cure ({@link
 * io.lite3r.capture.FrameRefused}), its model-neutral view is made once ({@link
 * io.lite3r.capture.FramePreparation}), and what a folder of images says of itself is read here
 * ({@link io.lite3r.capture.CaptureFolder}). HTTP, Kafka, the object store and JSON are in {@code
 * edge}.
 */
@NullMarked
package io.lite3r.capture;

import org.jspecify.annotations.NullMarked;
