package io.lite3r.console.edge;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/** Errors of the API as application/problem+json (RFC 9457): what is wrong, and the cure. */
final class Problem {
  private static final String MEDIA_TYPE = "application/problem+json";

  private Problem() {}

  static WebApplicationException badRequest(String detail) {
    return problem(400, "Bad request", detail);
  }

  static WebApplicationException notFound(String detail) {
    return problem(404, "Not found", detail);
  }

  static WebApplicationException badGateway(String detail) {
    return problem(502, "The object store holds other bytes than promised", detail);
  }

  static WebApplicationException unavailable(String detail) {
    return problem(503, "Not available now", detail);
  }

  private static WebApplicationException problem(int status, String title, String detail) {
    String body =
        ConsoleJson.of(
            Map.of("type", "about:blank", "title", title, "status", status, "detail", detail));
    return new WebApplicationException(
        detail, Response.status(status).type(MEDIA_TYPE).entity(body).build());
  }
}
