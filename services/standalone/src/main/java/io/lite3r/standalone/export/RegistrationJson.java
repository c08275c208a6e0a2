package io.lite3r.standalone.export;

import io.lite3r.geometry.Geodetic;
import io.lite3r.schemas.scene.Registration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What ties a scene to metres, for files and for people. */
public final class RegistrationJson {
  private RegistrationJson() {}

  /** Source, what it was measured with, how well it fits; for GPS where the frame lies. */
  public static Map<String, Object> of(Registration registration) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", registration.source());
    json.put("scale", registration.metricFromScene().scale());
    json.put("observations", registration.observations());
    json.put("inliers", registration.inliers());
    json.put("rms_m", registration.rmsM());
    Geodetic origin = registration.origin();
    if (origin != null) {
      json.put("frame", "east-north-up");
      Map<String, Object> place = new LinkedHashMap<>();
      place.put("lat", origin.latitudeDeg());
      place.put("lon", origin.longitudeDeg());
      place.put("alt_m", origin.altitudeM());
      json.put("enu_origin", place);
    }
    return json;
  }

  /** One line for a person. */
  public static String sentence(Registration registration) {
    String what =
        switch (registration.source()) {
          case Registration.RIG -> "distances between the rig's cameras";
          case Registration.GPS -> "GPS positions";
          default -> "given poses";
        };
    return String.format(
        Locale.ROOT,
        "metre, from %d %s of which %d agree within %.3g m (rms)",
        registration.observations(),
        what,
        registration.inliers(),
        registration.rmsM());
  }
}
