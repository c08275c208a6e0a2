package io.lite3r.console.edge;

import io.smallrye.mutiny.Multi;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** What changes, as it changes, and the health of the stages. */
@Path("/api")
public class LiveResource {
  private final LiveFeed feed;
  private final PipelineHealth health;

  @Inject
  LiveResource(LiveFeed feed, PipelineHealth health) {
    this.feed = feed;
    this.health = health;
  }

  /**
   * Server-sent events, each a JSON object with a {@code type}: one {@code snapshot}, then {@code
   * scene}, {@code gone} and, every second, {@code health}.
   */
  @GET
  @Path("events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.TEXT_PLAIN)
  public Multi<String> events() {
    return feed.join();
  }

  /** Each stage: state, backlog, rate, rejections, when it last got something done. */
  @GET
  @Path("health")
  @Produces(MediaType.APPLICATION_JSON)
  public String health() {
    return ConsoleJson.of(health.report());
  }
}
