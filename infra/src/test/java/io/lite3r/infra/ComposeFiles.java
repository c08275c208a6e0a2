package io.lite3r.infra;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The compose files as several checks look at them.
 *
 * @param services of {@code compose.yaml}
 * @param withGpu what {@code compose.gpu.yaml} lays over them
 */
record ComposeFiles(Tree tree, Map<String, Node> services, Map<String, Node> withGpu) {
  static final List<String> OURS =
      List.of("capture", "windowing", "reconstruction", "fusion", "console");

  /** Quarkus' own; nothing here sets another. */
  static final String PORT = "8080";

  static ComposeFiles of(Tree tree) {
    return new ComposeFiles(
        tree,
        tree.yaml("infra/compose.yaml").at("services").entries(),
        tree.yaml("infra/compose.gpu.yaml").at("services").entries());
  }

  /** The host of an address is a service of the compose files. */
  void host(Problems problems, String who, String address) {
    String host = URI.create(address).getHost();
    problems.unless(
        services.containsKey(host) || withGpu.containsKey(host),
        "%s names %s, which is no service",
        who,
        host);
  }
}
