package io.lite3r.security;

import io.lite3r.schemas.access.Access;
import io.quarkus.runtime.BlockingOperationControl;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route: a token (of the page's login, or sent along), not too many requests,
 * the role that access.yaml asks for, and the tenant's own scenes. It answers before the resource
 * has looked, so that another tenant's scene and one that is not there cannot be told apart. A
 * route that access.yaml does not name is closed.
 */
@Singleton
public class AccessFilter {
  private static final Logger LOG = Logger.getLogger(AccessFilter.class);
  private static final String BEARER = "bearer ";
  private static final long MOST_DRAINED = 32L << 20;

  private static final Set<String> CHANGES_NOTHING = Set.of("GET", "HEAD", "OPTIONS");

  private final Tokens tokens;
  private final PageLogin login;
  private final RequestLimits limits;
  private final CurrentCaller current;

  @Inject
  AccessFilter(Tokens tokens, PageLogin login, RequestLimits limits, CurrentCaller current) {
    this.tokens = tokens;
    this.login = login;
    this.limits = limits;
    this.current = current;
  }

  /** The first caller should not wait for the issuer; and open doors are said aloud. */
  void start(
      @Observes StartupEvent event,
      @ConfigProperty(name = "quarkus.http.host", defaultValue = "0.0.0.0") String host) {
    // Asked now, both say at once what is wrong with their settings, not with the first request.
    limits.remembered();
    login.isOffered();
    if (!tokens.areWanted()) {
      if (!host.equals("127.0.0.1") && !host.equals("localhost")) {
        LOG.warnf("no lite3r.oidc.issuer is set: whoever reaches %s may use every route", host);
      }
      return;
    }
    try {
      tokens.issuer();
    } catch (IOException e) {
      LOG.warnf("the issuer of tokens is not there yet, requests will ask again: %s", e);
    }
  }

  /** Null to go on. */
  @ServerRequestFilter
  @Nullable Response check(ContainerRequestContext request, ResourceInfo resource) {
    Optional<String> role = Routes.role(resource.getResourceMethod());
    if (role.filter(Access.ANYONE::equals).isPresent()) {
      return null;
    }
    if (!tokens.areWanted()) {
      return tooMany(Caller.UNNAMED, request);
    }
    String token = token(request.getHeaderString(HttpHeaders.AUTHORIZATION));
    if (token == null && login.isOffered()) {
      token = login.cookies().access(request.getCookies());
      if (token != null
          && !CHANGES_NOTHING.contains(request.getMethod())
          && !login.isThePage(request.getHeaderString("Origin"))) {
        return Refusal.elsewhere();
      }
    }
    if (token == null) {
      return Refusal.unauthorized("send a token: Authorization: Bearer ...", false);
    }
    Caller caller;
    try {
      caller = tokens.caller(token);
    } catch (BadToken e) {
      return Refusal.unauthorized(String.valueOf(e.getMessage()), true);
    } catch (IOException e) {
      LOG.warnf("a token could not be checked: %s", e);
      return Refusal.unavailable();
    }
    Response tooMany = tooMany(caller, request);
    if (tooMany != null) {
      return tooMany;
    }
    if (role.filter(caller.roles()::contains).isEmpty()) {
      return Refusal.forbidden(role.orElse("no role opens this route"));
    }
    String scene = request.getUriInfo().getPathParameters().getFirst("scene");
    if (scene != null && !caller.has(scene)) {
      return Refusal.noScene(scene);
    }
    current.is(caller);
    return null;
  }

  private @Nullable Response tooMany(Caller caller, ContainerRequestContext request) {
    Optional<Duration> wait = limits.wait(caller);
    if (wait.isEmpty()) {
      return null;
    }
    drain(request);
    return Refusal.tooMany(wait.get());
  }

  /**
   * Many senders hear an answer only after they have finished sending, and a camera is one that
   * should hear this; so an image's worth is taken in.
   */
  private static void drain(ContainerRequestContext request) {
    if (CHANGES_NOTHING.contains(request.getMethod())
        || !BlockingOperationControl.isBlockingAllowed()) {
      return;
    }
    byte[] unread = new byte[1 << 16];
    try {
      InputStream body = request.getEntityStream();
      int read = 0;
      for (long left = MOST_DRAINED; read >= 0 && left > 0; left -= read) {
        read = body.read(unread);
      }
    } catch (IOException e) {
      LOG.debugf("a sender left while it was told to wait: %s", e);
    }
  }

  private static @Nullable String token(@Nullable String header) {
    return header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? header.substring(BEARER.length()).strip()
        : null;
  }
}
