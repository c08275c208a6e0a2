package io.lite3r.telemetry;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** {@code GET /metrics}: what Prometheus scrapes. */
@Path("/metrics")
public class MetricsResource {
  private final Measurements measurements;

  public MetricsResource(Measurements measurements) {
    this.measurements = measurements;
  }

  @GET
  public Response metrics() {
    return Response.ok(measurements.prometheusText()).type(Measurements.CONTENT_TYPE).build();
  }
}
