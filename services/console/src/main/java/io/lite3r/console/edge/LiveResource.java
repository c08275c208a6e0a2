package io.lite3r.console.edge;

import io.lite3r.security.Caller;
import io.lite3r.security.CurrentCaller;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** What changes, as it changes, and the health of the stages. */
@Path("/api")
public class LiveResource {
  private final LiveFeed feed;
  private final PipelineHealth health;
  private final CurrentCaller caller;

  @Inject
  LiveResource(LiveFeed feed, PipelineHealth health, CurrentCaller caller) {
    this.feed = feed;
    this.health = health;
    this.caller = caller;
  }

  /**
   * Server-sent events, each a JSON object with a {@code type}: one {@code snapshot}, then {@code
   * scene}, {@code gone} and, every second, {@code health}. It ends with the caller's token.
   */
  @GET
  @Path("events")
  @Blocking // a token's issuer may have to be asked for a new key
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.TEXT_PLAIN)
  public Multi<String> events() {
    Caller viewer = caller.get();
    Multi<String> events = feed.join(viewer);
    return viewer.left(Instant.now()).map(left -> events.select().first(left)).orElse(events);
  }

  /** Each stage: state, backlog, rate, rejections, when it last got something done. */
  @GET
  @Path("health")
  @Produces(MediaType.APPLICATION_JSON)
  public String health() {
    return ConsoleJson.of(health.report());
  }
}
