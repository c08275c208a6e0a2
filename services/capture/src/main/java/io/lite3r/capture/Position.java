package io.lite3r.capture;

import org.jspecify.annotations.Nullable;

/**
 * A place on the earth, WGS 84.
 *
 * @param latitude degrees, north positive
 * @param longitude degrees, east positive
 * @param altitude metres as recorded, null when the camera gave none
 */
public record Position(double latitude, double longitude, @Nullable Double altitude) {
  public Position {
    if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) {
      throw new IllegalArgumentException(
          "no place on the earth: latitude %s, longitude %s".formatted(latitude, longitude));
    }
    if (altitude != null && !Double.isFinite(altitude)) {
      throw new IllegalArgumentException("altitude must be finite metres, got " + altitude);
    }
  }
}
