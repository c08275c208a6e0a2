package io.lite3r.geometry;

/**
 * A place on the earth, WGS 84.
 *
 * @param latitudeDeg north positive
 * @param longitudeDeg east positive
 * @param altitudeM metres over the ellipsoid; where a source says over the sea, as EXIF mostly
 *     does, heights are off by the geoid's undulation, which is the same for all of a scene
 */
public record Geodetic(double latitudeDeg, double longitudeDeg, double altitudeM) {
  static final double EQUATOR_M = 6_378_137.0;
  static final double FLATTENING = 1 / 298.257223563;
  private static final double ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING);

  public Geodetic {
    if (!(Math.abs(latitudeDeg) <= 90)
        || !(Math.abs(longitudeDeg) <= 360)
        || !Double.isFinite(altitudeM)) {
      throw new IllegalArgumentException(
          "no place on the earth: latitude %s, longitude %s, altitude %s"
              .formatted(latitudeDeg, longitudeDeg, altitudeM));
    }
  }

  /**
   * The place of a point of {@link #ecef}: the latitude that fits the height that fits the
   * latitude, a few times over, which on and near the ground ends within a micrometre.
   */
  public static Geodetic ofEcef(Vector3 p) {
    double equatorial = Math.hypot(p.x(), p.y());
    double latitude = Math.atan2(p.z(), equatorial * (1 - ECCENTRICITY_2));
    double altitude = 0;
    for (int i = 0; i < 8; i++) {
      double sine = Math.sin(latitude);
      double normal = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY_2 * sine * sine);
      // Along the vertical: good at the poles, too, where the equatorial distance says nothing.
      altitude =
          equatorial * Math.cos(latitude)
              + p.z() * sine
              - normal * (1 - ECCENTRICITY_2 * sine * sine);
      latitude =
          Math.atan2(p.z(), equatorial * (1 - ECCENTRICITY_2 * normal / (normal + altitude)));
    }
    return new Geodetic(
        Math.toDegrees(latitude), Math.toDegrees(Math.atan2(p.y(), p.x())), altitude);
  }

  /** Metres in the earth's own frame: x to 0 N 0 E, y to 0 N 90 E, z to the north pole. */
  public Vector3 ecef() {
    double latitude = Math.toRadians(latitudeDeg);
    double longitude = Math.toRadians(longitudeDeg);
    double sine = Math.sin(latitude);
    double normal = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY_2 * sine * sine);
    return new Vector3(
        (normal + altitudeM) * Math.cos(latitude) * Math.cos(longitude),
        (normal + altitudeM) * Math.cos(latitude) * Math.sin(longitude),
        (normal * (1 - ECCENTRICITY_2) + altitudeM) * sine);
  }

  /** The frame with its origin here, x east, y north, z up, metres, in the earth's frame. */
  public Rigid3 ecefFromEastNorthUp() {
    double latitude = Math.toRadians(latitudeDeg);
    double longitude = Math.toRadians(longitudeDeg);
    double sinLat = Math.sin(latitude);
    double cosLat = Math.cos(latitude);
    double sinLon = Math.sin(longitude);
    double cosLon = Math.cos(longitude);
    return new Rigid3(
        Rotation.ofMatrix(
            new double[] {
              -sinLon,
              -sinLat * cosLon,
              cosLat * cosLon,
              cosLon,
              -sinLat * sinLon,
              cosLat * sinLon,
              0,
              cosLat,
              sinLat
            }),
        ecef());
  }
}
