package io.lite3r.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GeodeticTest {

  @Test
  void theEarthHasItsAxes() {
    close(new Geodetic(0, 0, 0).ecef(), new Vector3(6_378_137.0, 0, 0), 1e-6);
    close(new Geodetic(0, 90, 10).ecef(), new Vector3(0, 6_378_147.0, 0), 1e-6);
    close(new Geodetic(-90, 0, 0).ecef(), new Vector3(0, 0, -6_356_752.314245), 1e-6);
  }

  @Test
  void eastNorthAndUpPointWhereTheirNamesSay() {
    Geodetic here = new Geodetic(46.8426, -91.9946, 198);
    Rigid3 enuFromEcef = here.ecefFromEastNorthUp().inverse();
    close(enuFromEcef.apply(here.ecef()), Vector3.ZERO, 1e-8);
    close(
        enuFromEcef.apply(new Geodetic(46.8426, -91.9946, 208).ecef()),
        new Vector3(0, 0, 10),
        1e-6);
    // A minute of latitude is a nautical mile, within what the ellipsoid makes of it.
    Vector3 north = enuFromEcef.apply(new Geodetic(46.8426 + 1 / 60.0, -91.9946, 198).ecef());
    assertThat(north.y()).isCloseTo(1852, within(3.0));
    assertThat(north.x()).isCloseTo(0, within(1e-6));
    Vector3 east = enuFromEcef.apply(new Geodetic(46.8426, -91.9946 + 1 / 60.0, 198).ecef());
    assertThat(east.x()).isCloseTo(1855.3 * Math.cos(Math.toRadians(46.8426)), within(4.0));
    assertThat(east.y()).isCloseTo(0, within(0.5));
  }

  @Test
  void aPointOfTheEarthIsFoundAgain() {
    for (double latitude : new double[] {-90, -33.8688, 0, 1e-9, 47.3769, 90}) {
      for (double altitude : new double[] {-400, 0, 8_848, 400_000}) {
        Vector3 there = new Geodetic(latitude, -123.4, altitude).ecef();
        Geodetic again = Geodetic.ofEcef(there);
        close(again.ecef(), there, 1e-6);
        assertThat(again.altitudeM()).isCloseTo(altitude, within(1e-6));
      }
    }
  }

  /** Expected: PROJ 9 (pyproj), EPSG:4979 to EPSG:326xx and 327xx. */
  @Test
  void theGridAgreesWithProj() {
    grid(47.3769, 8.5417, 408, 32632, 465403.2845, 5247150.8394);
    grid(-33.8688, 151.2093, 58, 32756, 334368.6336, 6250948.3454);
    grid(0, 3, 0, 32631, 500000, 0);
    grid(64.1466, -21.9426, 61, 32627, 454138.3765, 7113689.8690);
    grid(9.5, -179.99, 0, 32601, 171679.0047, 1051546.4313);
  }

  private static void grid(
      double latitude, double longitude, double altitude, int epsg, double east, double north) {
    Geodetic place = new Geodetic(latitude, longitude, altitude);
    Utm zone = Utm.of(place);
    assertThat(zone.epsg()).isEqualTo(epsg);
    close(zone.of(place.ecef()), new Vector3(east, north, altitude), 2e-4);
  }

  @Test
  void whatIsNoPlaceIsRefused() {
    assertThatThrownBy(() -> new Geodetic(91, 0, 0)).hasMessageContaining("latitude 91");
    assertThatThrownBy(() -> new Geodetic(0, 0, Double.NaN)).hasMessageContaining("NaN");
  }

  private static void close(Vector3 actual, Vector3 expected, double metres) {
    assertThat(actual.minus(expected).norm()).isLessThan(metres);
  }
}
