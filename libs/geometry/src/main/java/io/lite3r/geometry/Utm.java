package io.lite3r.geometry;

/**
 * A zone of the universal transverse Mercator grid: where surveyors and GIS programs expect a point
 * cloud to lie. Heights stay those over the ellipsoid.
 *
 * <p>Formula: L. Krueger's series in the third flattening, as C. Karney gives it (Transverse
 * Mercator with an accuracy of a few nanometers, 2011, equations 7 to 11 and 35), to the fourth
 * order: exact within a tenth of a millimetre in a zone and beside it.
 *
 * @param zone 1..60, from 180 degrees west
 * @param north the northern hemisphere
 */
public record Utm(int zone, boolean north) {
  private static final double SCALE = 0.9996;
  private static final double FALSE_EASTING_M = 500_000;
  private static final double FALSE_NORTHING_M = 10_000_000;
  private static final double N = Geodetic.FLATTENING / (2 - Geodetic.FLATTENING);
  private static final double N2 = N * N;
  private static final double ECCENTRICITY =
      Math.sqrt(Geodetic.FLATTENING * (2 - Geodetic.FLATTENING));

  /** Radius whose circle is as long as a meridian. */
  private static final double RADIUS_M = Geodetic.EQUATOR_M / (1 + N) * (1 + N2 / 4 + N2 * N2 / 64);

  private static final double[] ALPHA = {
    N / 2 - 2 * N2 / 3 + 5 * N * N2 / 16 + 41 * N2 * N2 / 180,
    13 * N2 / 48 - 3 * N * N2 / 5 + 557 * N2 * N2 / 1440,
    61 * N * N2 / 240 - 103 * N2 * N2 / 140,
    49561 * N2 * N2 / 161280
  };

  /** The zone that a place lies in; the exceptions of Norway and Svalbard are not made. */
  public static Utm of(Geodetic place) {
    double longitude = place.longitudeDeg() - 360 * Math.floor((place.longitudeDeg() + 180) / 360);
    return new Utm(1 + (int) Math.floor((longitude + 180) / 6), place.latitudeDeg() >= 0);
  }

  /** The code of the zone's reference system (WGS 84 / UTM) in the EPSG register. */
  public int epsg() {
    return (north ? 32600 : 32700) + zone;
  }

  /** Easting, northing and height over the ellipsoid, metres. */
  public Vector3 of(Vector3 ecef) {
    Geodetic place = Geodetic.ofEcef(ecef);
    double longitude = Math.toRadians(place.longitudeDeg() - (6 * zone - 183));
    double t = Math.tan(Math.toRadians(place.latitudeDeg()));
    double sigma = Math.sinh(ECCENTRICITY * atanh(ECCENTRICITY * t / Math.hypot(1, t)));
    double conformal = t * Math.hypot(1, sigma) - sigma * Math.hypot(1, t);
    double xi = Math.atan2(conformal, Math.cos(longitude));
    double eta = asinh(Math.sin(longitude) / Math.hypot(conformal, Math.cos(longitude)));
    double up = xi;
    double right = eta;
    for (int j = 1; j <= ALPHA.length; j++) {
      up += ALPHA[j - 1] * Math.sin(2 * j * xi) * Math.cosh(2 * j * eta);
      right += ALPHA[j - 1] * Math.cos(2 * j * xi) * Math.sinh(2 * j * eta);
    }
    return new Vector3(
        FALSE_EASTING_M + SCALE * RADIUS_M * right,
        (north ? 0 : FALSE_NORTHING_M) + SCALE * RADIUS_M * up,
        place.altitudeM());
  }

  private static double atanh(double x) {
    return 0.5 * Math.log((1 + x) / (1 - x));
  }

  private static double asinh(double x) {
    return Math.copySign(Math.log(Math.abs(x) + Math.hypot(x, 1)), x);
  }
}
