package io.lite3r.tests;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.lite3r.security.Routes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The routes that there are, found in the compiled services. */
final class HttpRoutes {
  private HttpRoutes() {}

  /** Each as access.yaml would write it. */
  static Set<String> found() {
    Set<String> found = new TreeSet<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.lite3r")) {
      if (type.isAnnotatedWith(Path.class)) {
        for (JavaMethod method : type.getMethods()) {
          if (method.getAnnotations().stream()
              .anyMatch(a -> a.getRawType().isAnnotatedWith(HttpMethod.class))) {
            found.add(Routes.route(method.reflect()));
          }
        }
      }
    }
    return found;
  }

  /** One request to a route. */
  record Request(String route, String service, String method, String path) {}

  /** A request to each route of these, about this scene. */
  static List<Request> about(String scene, Set<String> routes) {
    return routes.stream().map(route -> request(route, scene)).toList();
  }

  private static Request request(String route, String scene) {
    String[] parts = route.split(" ");
    String path =
        parts[1]
            .replace("{scene}", scene)
            .replace("{capture}", "today")
            .replace("{camera}", "left")
            .replace("{sequence}", "0")
            .replace("{sha256}", "0".repeat(64));
    return new Request(route, path.startsWith("/v1/") ? "capture" : "console", parts[0], path);
  }
}
