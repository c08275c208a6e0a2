package io.lite3r.capture.edge;

import io.lite3r.capture.FrameParameters;
import io.lite3r.capture.FramePreparation;
import io.lite3r.capture.FrameRefused;
import io.lite3r.capture.FrameRequest;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/** Cameras over HTTP. A 202 means: the original is stored and the record is on {@code frames}. */
@Path("/v1/scenes/{scene}/captures/{capture}/cameras/{camera}")
@Blocking
public class FrameResource {
  private static final Logger LOG = Logger.getLogger(FrameResource.class);

  /** What is read of a body that is too long before it is answered, in largest images. */
  private static final int MOST_DRAINED = 10;

  private final FrameIntake intake;

  @Inject
  FrameResource(FrameIntake intake) {
    this.intake = intake;
  }

  /** A frame is durable. */
  public record Accepted(
      String scene, String capture, String camera, long sequence, boolean duplicate) {}

  /** The end of a camera is durable. */
  public record Ended(String scene, String capture, String camera) {}

  /** Takes one image; its parameters are in the query, its bytes are the body. */
  @POST
  @Path("frames")
  @Consumes(MediaType.WILDCARD)
  @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
  public Response frame(
      @PathParam("scene") String scene,
      @PathParam("capture") String capture,
      @PathParam("camera") String camera,
      @Context UriInfo uri,
      InputStream body)
      throws IOException {
    byte[] bytes = body.readNBytes(intake.maxImageBytes() + 1);
    FrameRequest request;
    try {
      if (bytes.length > intake.maxImageBytes()) {
        drain(body);
        throw FramePreparation.tooLarge(intake.maxImageBytes());
      }
      request = FrameParameters.frame(scene, capture, camera, uri.getQueryParameters());
    } catch (FrameRefused e) {
      return refusedBeforeItWasOne(scene, capture, camera, uri, bytes, e);
    }
    try {
      FrameIntake.Receipt receipt = intake.accept(request, bytes, "http").join();
      return Response.accepted(
              new Accepted(scene, capture, camera, receipt.name().sequence(), receipt.duplicate()))
          .build();
    } catch (CompletionException e) {
      return failed(e);
    }
  }

  /** No more frames of this camera. */
  @POST
  @Path("end")
  @Consumes(MediaType.WILDCARD)
  @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
  public Response end(
      @PathParam("scene") String scene,
      @PathParam("capture") String capture,
      @PathParam("camera") String camera,
      @Context UriInfo uri) {
    try {
      FrameParameters.End end =
          FrameParameters.end(scene, capture, camera, uri.getQueryParameters());
      intake.end(scene, capture, camera, end.rigCameras()).join();
      return Response.accepted(new Ended(scene, capture, camera)).build();
    } catch (FrameRefused e) {
      return Problem.of(e);
    } catch (CompletionException e) {
      return failed(e);
    }
  }

  /**
   * Many senders hear an answer only after they have finished sending, so that is waited for; not
   * for ever.
   */
  private void drain(InputStream body) throws IOException {
    byte[] unread = new byte[1 << 16];
    long left = (long) MOST_DRAINED * intake.maxImageBytes();
    for (int read = 0; read >= 0 && left > 0; left -= read) {
      read = body.read(unread);
    }
  }

  private Response refusedBeforeItWasOne(
      String scene,
      String capture,
      String camera,
      UriInfo uri,
      byte[] bytes,
      FrameRefused refused) {
    CompletableFuture<Void> recorded =
        intake.refuse(scene, capture, camera, sequence(uri), bytes, refused, "http");
    try {
      recorded.join();
      return Problem.of(refused);
    } catch (CompletionException e) {
      return failed(e);
    }
  }

  private static Response failed(CompletionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof FrameRefused refused) {
      return Problem.of(refused);
    }
    LOG.error("a frame could not be made durable", cause);
    return Problem.unavailable();
  }

  /** The sequence a refused request meant, -1 when that cannot be told. */
  private static long sequence(UriInfo uri) {
    try {
      String text = uri.getQueryParameters().getFirst("sequence");
      return text == null ? -1 : Math.max(-1, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
