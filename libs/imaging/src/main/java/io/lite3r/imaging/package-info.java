/**
 * Photographs in, pixels out, and back: headers read without decoding, strict JPEG and PNG, exact
 * area resampling. Pixels are 8-bit RGB; EXIF orientation is never applied, so that pixels and
 * calibration stay in the sensor's own grid.
 */
@NullMarked
package io.lite3r.imaging;

import org.jspecify.annotations.NullMarked;
