package io.lite3r.console.edge;

import io.lite3r.security.Caller;
import io.lite3r.security.LoginRefused;
import io.lite3r.security.LoginSession;
import io.lite3r.security.PageLogin;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The page's login (docs/adr/0027). Where none is offered, only {@code who} answers. */
@Path("/login")
@Produces(MediaType.APPLICATION_JSON)
public class LoginResource {
  private static final Logger LOG = Logger.getLogger(LoginResource.class);

  private final PageLogin login;

  @Inject
  LoginResource(PageLogin login) {
    this.login = login;
  }

  /**
   * Sends the browser to the issuer; it comes back to {@code done}, and from there to {@code to}.
   */
  @GET
  public Response begin(@QueryParam("to") @DefaultValue("/") String to) {
    offered();
    try {
      PageLogin.Begun begun = login.begin(to);
      return kept(Response.status(Response.Status.FOUND).location(begun.issuer()))
          .cookie(login.cookies().attempt(begun.attempt()))
          .build();
    } catch (IOException e) {
      throw away(e);
    }
  }

  /** The issuer's answer, brought by the browser. */
  @GET
  @Path("done")
  public Response done(
      @QueryParam("state") @Nullable String state,
      @QueryParam("code") @Nullable String code,
      @QueryParam("iss") @Nullable String issuer,
      @Context HttpHeaders headers) {
    offered();
    try {
      PageLogin.Finished finished =
          login.finish(login.cookies().attempt(headers.getCookies()), state, code, issuer);
      return kept(Response.seeOther(finished.to()))
          .cookie(login.cookies().session(finished.session()))
          .build();
    } catch (LoginRefused e) {
      throw Problem.badRequest("%s; begin again at /".formatted(e.getMessage()));
    } catch (IOException e) {
      throw away(e);
    }
  }

  /** Whose login the browser holds, so that the page can say it and renew it in time. */
  @GET
  @Path("who")
  public Response who(@Context HttpHeaders headers) {
    Map<String, Object> said = new TreeMap<>();
    said.put("login", login.isOffered());
    if (login.isOffered()) {
      try {
        login
            .caller(login.cookies().access(headers.getCookies()))
            .ifPresent(caller -> describe(caller, said));
      } catch (IOException e) {
        throw away(e);
      }
    }
    return kept(Response.ok(ConsoleJson.of(said))).build();
  }

  /** The next access token, before or after the last one has ended. */
  @POST
  @Path("renew")
  public Response renew(
      @HeaderParam("Origin") @Nullable String origin, @Context HttpHeaders headers) {
    fromThePage(origin);
    try {
      LoginSession session = login.renew(login.cookies().refresh(headers.getCookies()));
      return kept(Response.noContent()).cookie(login.cookies().session(session)).build();
    } catch (LoginRefused e) {
      return kept(Response.status(Response.Status.UNAUTHORIZED)).build();
    } catch (IOException e) {
      throw away(e);
    }
  }

  /** Signs out: here at once, and at the issuer when the browser goes to the answer's address. */
  @POST
  @Path("end")
  public Response end(
      @HeaderParam("Origin") @Nullable String origin, @Context HttpHeaders headers) {
    fromThePage(origin);
    URI to = login.end(login.cookies().refresh(headers.getCookies()));
    return kept(Response.ok(ConsoleJson.of(Map.of("to", to.toString()))))
        .cookie(login.cookies().none())
        .build();
  }

  private static void describe(Caller caller, Map<String, Object> said) {
    said.put("tenant", String.valueOf(caller.tenant()));
    said.put("roles", new TreeSet<>(caller.roles()));
    said.put("left_ms", caller.left(Instant.now()).map(Duration::toMillis).orElse(Long.MAX_VALUE));
  }

  private void offered() {
    if (!login.isOffered()) {
      throw Problem.notFound("this page has no login: lite3r.oidc.client-id is not set");
    }
  }

  private void fromThePage(@Nullable String origin) {
    offered();
    if (!login.isThePage(origin)) {
      throw Problem.badRequest("only the page itself asks for this");
    }
  }

  private static WebApplicationException away(IOException cause) {
    LOG.warnf("the issuer of tokens does not answer: %s", cause);
    return Problem.unavailable("the issuer of tokens does not answer; ask again");
  }

  /** Answers about a login are for one browser, once. */
  private static Response.ResponseBuilder kept(Response.ResponseBuilder answer) {
    return answer.header(HttpHeaders.CACHE_CONTROL, "no-store");
  }
}
