package io.lite3r.capture.edge;

import io.lite3r.capture.FrameRefused;
import jakarta.ws.rs.core.Response;

/**
 * A refusal as RFC 9457 has it.
 *
 * @param type names the kind of problem, for programs
 * @param title the kind, for people
 * @param detail what is wrong with this request, and what to do
 */
record Problem(String type, String title, int status, String detail) {
  static final String MEDIA_TYPE = "application/problem+json";

  private static final int CONTENT_TOO_LARGE = 413;
  private static final int UNPROCESSABLE = 422;

  static Response of(FrameRefused refused) {
    Problem problem =
        switch (refused.reason()) {
          case UNSUPPORTED_MEDIA -> problem(refused, "Not a JPEG or PNG image", 415);
          case TRUNCATED -> problem(refused, "The image is not whole", UNPROCESSABLE);
          case UNDECODABLE -> problem(refused, "The image cannot be decoded", UNPROCESSABLE);
          case BAD_DIMENSIONS -> problem(refused, "The image has a bad size", UNPROCESSABLE);
          case TOO_LARGE -> problem(refused, "Too many bytes", CONTENT_TOO_LARGE);
          case BAD_INTRINSICS -> problem(refused, "Bad intrinsics", 400);
          case BAD_PARAMETER -> problem(refused, "Bad parameter", 400);
          case ID_CONFLICT -> problem(refused, "The id is taken", 409);
        };
    return problem.response();
  }

  /** Why is in the log: where broker and store are is not for whoever has a camera. */
  static Response unavailable() {
    return new Problem(
            "urn:lite3r:problem:unavailable",
            "Not now",
            503,
            "The frame could not be made durable. Send it again.")
        .response();
  }

  private static Problem problem(FrameRefused refused, String title, int status) {
    return new Problem(
        "urn:lite3r:problem:" + CaptureTelemetry.name(refused.reason()),
        title,
        status,
        refused.detail());
  }

  private Response response() {
    return Response.status(status).type(MEDIA_TYPE).entity(this).build();
  }
}
