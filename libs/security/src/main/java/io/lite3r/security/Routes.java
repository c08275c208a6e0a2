package io.lite3r.security;

import io.lite3r.schemas.access.Access;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which role a resource's method needs, by access.yaml. */
public final class Routes {
  private Routes() {}

  /** The role, {@link Access#ANYONE}, or empty when no rule names the route. */
  static Optional<String> role(Method method) {
    return Optional.ofNullable(Access.stated().routes().get(route(method)));
  }

  /** The route as access.yaml writes it, such as {@code GET /api/scenes/{scene}}. */
  public static String route(Method method) {
    String path = slashed(method.getDeclaringClass().getAnnotation(Path.class));
    return verb(method) + " " + path + slashed(method.getAnnotation(Path.class));
  }

  private static String verb(Method method) {
    for (Annotation annotation : method.getAnnotations()) {
      HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
      if (verb != null) {
        return verb.value();
      }
    }
    throw new IllegalArgumentException(method + " answers no HTTP method");
  }

  private static String slashed(@Nullable Path path) {
    if (path == null || path.value().isEmpty() || path.value().equals("/")) {
      return "";
    }
    return path.value().startsWith("/") ? path.value() : "/" + path.value();
  }
}
