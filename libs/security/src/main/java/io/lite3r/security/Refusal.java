package io.lite3r.security;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Why a request goes no further, as application/problem+json (RFC 9457). */
final class Refusal {
  private static final int TOO_MANY = 429;

  private Refusal() {}

  /**
   * No token, or one that is not good (RFC 6750).
   *
   * @param isBad whether there was one
   */
  static Response unauthorized(String detail, boolean isBad) {
    return Response.fromResponse(problem(401, "Who are you?", detail))
        .header(HttpHeaders.WWW_AUTHENTICATE, isBad ? "Bearer error=\"invalid_token\"" : "Bearer")
        .build();
  }

  static Response forbidden(String role) {
    return problem(403, "Not for this token", "this needs the role: " + role);
  }

  static Response noScene(String scene) {
    return problem(
        404, "Not found", "no scene %s: a tenant's scenes are named TENANT-...".formatted(scene));
  }

  /** A cookie says whose browser it is, not whose page asks. */
  static Response elsewhere() {
    return problem(403, "Not from this page", "another site's page asked for a change");
  }

  /** RFC 6585; whole seconds, as the header has them. */
  static Response tooMany(Duration wait) {
    long seconds = wait.plusMillis(999).toSeconds();
    return Response.fromResponse(
            problem(
                TOO_MANY, "Too many requests", "ask again in %d s".formatted(Math.max(1, seconds))))
        .header(HttpHeaders.RETRY_AFTER, Math.max(1, seconds))
        .build();
  }

  static Response unavailable() {
    return problem(503, "Not available now", "the issuer of tokens does not answer; ask again");
  }

  private static Response problem(int status, String title, String detail) {
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "about:blank")
            .put("title", title)
            .put("status", status)
            .put("detail", detail)
            .toString();
    return Response.status(status).type("application/problem+json").entity(body).build();
  }
}
