package io.lite3r.console.edge;

import io.lite3r.console.scene.SceneLedger;
import io.lite3r.console.scene.SceneSummary;
import io.lite3r.console.scene.Version;
import io.lite3r.security.CurrentCaller;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Scenes over HTTP. */
@Path("/api/scenes")
@Produces(MediaType.APPLICATION_JSON)
public class ScenesResource {
  private final SceneLedger ledger;
  private final SceneObjects objects;
  private final Photographs photographs;
  private final Requests requests;
  private final CurrentCaller caller;

  @Inject
  ScenesResource(
      SceneLedger ledger,
      SceneObjects objects,
      Photographs photographs,
      Requests requests,
      CurrentCaller caller) {
    this.ledger = ledger;
    this.objects = objects;
    this.photographs = photographs;
    this.requests = requests;
    this.caller = caller;
  }

  /** All scenes that the caller has, by name. */
  @GET
  public String scenes() {
    return ConsoleJson.of(
        Map.of(
            "scenes",
            ledger.summaries().stream().filter(s -> caller.get().has(s.scene())).toList()));
  }

  /** One scene: newest version, counts, freshness, the last rejections. */
  @GET
  @Path("{scene}")
  public String scene(@PathParam("scene") String scene) {
    return ConsoleJson.of(known(scene));
  }

  /** The manifest of a version with its tiles, the newest unless one is asked for. */
  @GET
  @Path("{scene}/manifest")
  public Response manifest(
      @PathParam("scene") String scene,
      @QueryParam("version") @Nullable Long version,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String have) {
    Version wanted = objects.version(scene, version);
    return unlessKnown(wanted, have, () -> objects.manifest(wanted));
  }

  /** The versions that are kept, newest first. */
  @GET
  @Path("{scene}/versions")
  public String versions(@PathParam("scene") String scene) {
    return ConsoleJson.of(
        Map.of(
            "scene",
            Names.scene(scene),
            "versions",
            objects.history(scene).reversed().stream().map(KeptVersion::of).toList()));
  }

  /** What has changed from one kept version to another. */
  @GET
  @Path("{scene}/comparison")
  public String comparison(
      @PathParam("scene") String scene,
      @QueryParam("from") @Nullable Long from,
      @QueryParam("to") @Nullable Long to) {
    if (from == null) {
      throw Problem.badRequest(
          "name the version to compare with: ?from=N, and &to=M if not the newest");
    }
    Version before = objects.version(scene, from);
    Version after = objects.version(scene, to);
    return ConsoleJson.of(
        Comparison.of(
            objects.content(before),
            objects.windows(before),
            objects.content(after),
            objects.windows(after)));
  }

  /** Asks fusion to take up a kept version's content again; its next version has it. */
  @POST
  @Path("{scene}/rollback")
  public Response rollBack(
      @PathParam("scene") String scene, @QueryParam("version") @Nullable Long version) {
    SceneSummary summary = known(scene);
    if (version == null) {
      throw Problem.badRequest("name the version whose content is wanted: ?version=N");
    }
    requests.rollBack(objects.version(summary.scene(), version));
    return Response.accepted(ConsoleJson.of(Map.of("scene", scene, "rolling_back_to", version)))
        .build();
  }

  /** Where each camera was, by the given or the newest version. */
  @GET
  @Path("{scene}/trajectory")
  public Response trajectory(
      @PathParam("scene") String scene,
      @QueryParam("version") @Nullable Long version,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String have) {
    Version wanted = objects.version(scene, version);
    return unlessKnown(
        wanted,
        have,
        () -> ConsoleJson.of(Trajectory.of(scene, wanted.version(), objects.windows(wanted))));
  }

  /** A tile's GLB. Its name is its content, so it never changes. */
  @GET
  @Path("{scene}/tiles/{sha256}.glb")
  @Produces("model/gltf-binary")
  public Response tile(@PathParam("scene") String scene, @PathParam("sha256") String sha256) {
    return Response.ok(objects.tile(scene, sha256))
        .header(HttpHeaders.CACHE_CONTROL, "private, max-age=31536000, immutable")
        .build();
  }

  /** A part of a tileset. Its name is its content, so it never changes. */
  @GET
  @Path("{scene}/tiles/{sha256}.json")
  public Response tilesetPart(
      @PathParam("scene") String scene, @PathParam("sha256") String sha256) {
    return Response.ok(objects.tilesetPart(scene, sha256))
        .header(HttpHeaders.CACHE_CONTROL, "private, max-age=31536000, immutable")
        .build();
  }

  /** The surface as 3D Tiles with levels of detail; the tiles that it names lie beside it. */
  @GET
  @Path("{scene}/tiles/tileset.json")
  public Response tileset(
      @PathParam("scene") String scene,
      @QueryParam("version") @Nullable Long version,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String have) {
    Version wanted = objects.version(scene, version);
    return unlessKnown(wanted, have, () -> objects.tileset(wanted));
  }

  /** A small picture of one frame. Its id names its bytes for as long as the scene lives. */
  @GET
  @Path("{scene}/frames/{capture}/{camera}/{sequence}/thumbnail.jpg")
  @Produces(Photographs.MEDIA_TYPE)
  public Response thumbnail(
      @PathParam("scene") String scene,
      @PathParam("capture") String capture,
      @PathParam("camera") String camera,
      @PathParam("sequence") long sequence) {
    return Response.ok(photographs.thumbnail(scene, capture, camera, sequence))
        .header(HttpHeaders.CACHE_CONTROL, "private, max-age=300")
        .build();
  }

  /** Asks fusion to forget the scene; it is gone when its update says so. */
  @DELETE
  @Path("{scene}")
  public Response forget(@PathParam("scene") String scene) {
    SceneSummary summary = known(scene);
    requests.forget(summary.scene());
    ledger.deletionRequested(scene);
    return Response.accepted(ConsoleJson.of(Map.of("scene", scene, "deleting", true))).build();
  }

  private SceneSummary known(String scene) {
    return ledger
        .summary(Names.scene(scene))
        .orElseThrow(
            () ->
                Problem.notFound(
                    "no scene %s: /api/scenes lists those there are".formatted(scene)));
  }

  /** A version's number may be used again by another stack at the same address; its hash is not. */
  private static Response unlessKnown(
      Version version, @Nullable String have, Supplier<Object> body) {
    String tag = "\"" + version.manifest().sha256() + "\"";
    var response = tag.equals(have) ? Response.notModified() : Response.ok(body.get());
    return response
        .header(HttpHeaders.ETAG, tag)
        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
        .build();
  }
}
