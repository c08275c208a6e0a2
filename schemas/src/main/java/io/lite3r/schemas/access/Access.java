package io.lite3r.schemas.access;

import io.lite3r.schemas.access.ServiceAccess.ObjectAction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What access.yaml says.
 *
 * @param services by name, in the order of the file
 * @param members a service that is several, and which; every other is itself
 * @param routes the role that each route needs, by method and path template
 */
public record Access(
    Map<String, ServiceAccess> services,
    Map<String, List<String>> members,
    Map<String, String> routes) {

  /** In place of a role: no token is needed. */
  public static final String ANYONE = "anyone";

  private static final Set<String> KEYS =
      Set.of(
          "groups",
          "configured_groups",
          "transactions",
          "internal_topics",
          "watched_topics",
          "watched_groups",
          "objects",
          "is");

  private static final Access STATED = load(); // reads with the keys above

  /** The file that the schemas ship. */
  public static Access stated() {
    return STATED;
  }

  /** What the service may touch, or what all those that it is may touch together. */
  public ServiceAccess of(String service) {
    List<ServiceAccess> parts = members(service).stream().map(this::single).toList();
    Map<String, Set<ObjectAction>> objects = new TreeMap<>();
    for (ServiceAccess part : parts) {
      part.objects()
          .forEach(
              (prefix, actions) ->
                  objects
                      .computeIfAbsent(prefix, absent -> EnumSet.noneOf(ObjectAction.class))
                      .addAll(actions));
    }
    return new ServiceAccess(
        all(parts, ServiceAccess::groups),
        all(parts, ServiceAccess::configuredGroups),
        all(parts, ServiceAccess::transactions),
        all(parts, ServiceAccess::internalTopics),
        all(parts, ServiceAccess::watchedTopics),
        all(parts, ServiceAccess::watchedGroups),
        objects);
  }

  /** The stages of topics.yaml that the service is. */
  public List<String> members(String service) {
    return members.getOrDefault(service, List.of(service));
  }

  private ServiceAccess single(String service) {
    ServiceAccess access = services.get(service);
    if (access == null) {
      throw new IllegalArgumentException(
          "access.yaml has no service '%s'; it has %s".formatted(service, services.keySet()));
    }
    return access;
  }

  private interface Names {
    List<String> of(ServiceAccess access);
  }

  private static List<String> all(Collection<ServiceAccess> parts, Names names) {
    return parts.stream().flatMap(part -> names.of(part).stream()).distinct().toList();
  }

  private static Access load() {
    try (InputStream in = Access.class.getResourceAsStream("/lite3r/access.yaml")) {
      Objects.requireNonNull(in, "lite3r/access.yaml is missing from the schemas jar");
      return parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException("access.yaml cannot be read", e);
    }
  }

  static Access parse(InputStream in) {
    Map<?, ?> root = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
    Map<String, ServiceAccess> services = new LinkedHashMap<>();
    Map<String, List<String>> members = new LinkedHashMap<>();
    map(root, "services")
        .forEach(
            (name, said) -> {
              Map<?, ?> body = (Map<?, ?>) said;
              body.keySet().stream()
                  .filter(key -> !KEYS.contains(key))
                  .forEach(key -> refuse("service %s: unknown key '%s'".formatted(name, key)));
              services.put((String) name, service(body));
              if (body.containsKey("is")) {
                members.put((String) name, names(body, "is"));
              }
            });
    Map<String, String> routes = new LinkedHashMap<>();
    map(root, "routes").forEach((route, role) -> routes.put((String) route, (String) role));
    return new Access(services, members, routes);
  }

  private static ServiceAccess service(Map<?, ?> body) {
    Map<String, Set<ObjectAction>> objects = new LinkedHashMap<>();
    if (body.containsKey("objects")) {
      map(body, "objects")
          .forEach((prefix, actions) -> objects.put((String) prefix, actions((List<?>) actions)));
    }
    if (objects.values().stream().anyMatch(actions -> actions.contains(ObjectAction.WRITE))) {
      objects.put(
          ServiceAccess.PROBE,
          EnumSet.of(ObjectAction.READ, ObjectAction.WRITE, ObjectAction.DELETE));
    }
    return new ServiceAccess(
        names(body, "groups"),
        names(body, "configured_groups"),
        names(body, "transactions"),
        names(body, "internal_topics"),
        names(body, "watched_topics"),
        names(body, "watched_groups"),
        objects);
  }

  private static Set<ObjectAction> actions(List<?> words) {
    Set<ObjectAction> actions = EnumSet.noneOf(ObjectAction.class);
    words.forEach(
        word -> actions.add(ObjectAction.valueOf(((String) word).toUpperCase(Locale.ROOT))));
    return actions;
  }

  private static List<String> names(Map<?, ?> body, String key) {
    List<String> names = new ArrayList<>();
    if (body.get(key) instanceof List<?> said) {
      said.forEach(name -> names.add((String) name));
    } else if (body.containsKey(key)) {
      refuse("'%s' must be a list".formatted(key));
    }
    return names;
  }

  private static Map<?, ?> map(Map<?, ?> body, String key) {
    if (body.get(key) instanceof Map<?, ?> value) {
      return value;
    }
    throw new IllegalArgumentException("access.yaml: '%s' must be a map".formatted(key));
  }

  private static void refuse(String why) {
    throw new IllegalArgumentException("access.yaml: " + why);
  }
}
