package io.lite3r.infra;

import static io.lite3r.infra.ComposeFiles.OURS;

import io.lite3r.schemas.access.Access;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The five services are told of neighbours that are there, by settings that exist. */
final class ServicesCheck {
  private static final String SETTINGS = "docs/operations.md";
  private static final String STORE =
      "libs/objects/src/main/java/io/lite3r/objects/ObjectStoreProducer.java";
  private static final Pattern BUCKET =
      Pattern.compile("name = \"lite3r.s3.bucket\", defaultValue = \"([^\"]+)\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+) \\|");
  private static final Pattern KEY = Pattern.compile("`([a-z0-9.-]+)`");

  private final ComposeFiles compose;
  private final Problems problems;
  private final Set<String> documented;

  ServicesCheck(ComposeFiles compose, Problems problems) {
    this.compose = compose;
    this.problems = problems;
    this.documented = documented(compose.tree().text(SETTINGS));
  }

  void run() {
    Map<String, Node> services = compose.services();
    problems.unless(
        services.keySet().containsAll(OURS), "services are missing: %s", services.keySet());
    OURS.stream().filter(services::containsKey).forEach(name -> judge(name, services.get(name)));
  }

  private void judge(String name, Node service) {
    Node environment = service.at("environment");
    environment.entries().keySet().stream()
        .filter(key -> key.startsWith("LITE3R_"))
        .forEach(
            key ->
                problems.unless(
                    documented.contains(key), "%s: %s is no setting of %s", name, key, SETTINGS));
    broker(name, environment.at("KAFKA_BOOTSTRAP_SERVERS").text());
    bucket(name, environment.at("LITE3R_S3_BUCKET").text());
    compose.host(
        problems, name + ": LITE3R_S3_ENDPOINT", environment.at("LITE3R_S3_ENDPOINT").text());
    keys(name, environment);
    spans(name, environment.at("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT").text());
    problems.unless(
        service.at("read_only").text().equals("true"),
        "%s: the root file system can be written",
        name);
    problems.unless(
        service.at("cap_drop").texts().equals(List.of("ALL"))
            && service.at("user").text().equals("10001:10001"),
        "%s: it has more rights than it needs",
        name);
  }

  private void broker(String name, String told) {
    String advertised =
        compose
            .services()
            .get("kafka")
            .at("environment")
            .at("KAFKA_ADVERTISED_LISTENERS")
            .text()
            .replace("PLAINTEXT://", "");
    problems.unless(
        advertised.equals(told),
        "%s: KAFKA_BOOTSTRAP_SERVERS is %s, the broker advertises %s",
        name,
        told,
        advertised);
  }

  private void bucket(String name, String told) {
    Matcher source = BUCKET.matcher(compose.tree().text(STORE));
    String applications = source.find() ? source.group(1) : "unknown";
    problems.unless(
        applications.equals(told),
        "%s: bucket %s is not the application's %s",
        name,
        told,
        applications);
  }

  /** Who touches objects has a key of its own, which the bucket's job makes with its policy. */
  private void keys(String name, Node environment) {
    boolean touches = !Access.stated().of(name).objects().isEmpty();
    String user = environment.at("LITE3R_S3_ACCESS_KEY").text();
    String secret = environment.at("LITE3R_S3_SECRET_KEY").text();
    Node made = compose.services().get("bucket").at("environment");
    String of = name.toUpperCase(Locale.ROOT);
    problems.unless(
        touches
            ? !user.isEmpty() && user.equals(made.at(of + "_ACCESS_KEY").text())
            : user.isEmpty(),
        "%s: its key for the object store, %s, is not the one that is made for it",
        name,
        user.isEmpty() ? "none" : user);
    problems.unless(
        !touches
            || (secret.startsWith("${" + of + "_SECRET_KEY:?")
                && secret.equals(made.at(of + "_SECRET_KEY").text())),
        "%s: its secret is not its own",
        name);
  }

  private void spans(String name, String told) {
    compose.host(problems, name + ": spans", told);
    String listens =
        compose
            .tree()
            .yaml("infra/collector/collector.yaml")
            .at("receivers")
            .at("otlp")
            .at("protocols")
            .at("grpc")
            .at("endpoint")
            .text();
    URI address = URI.create(told);
    problems.unless(
        listens.endsWith(":" + address.getPort()),
        "%s: spans go to %s, the collector listens on %s",
        name,
        address.getAuthority(),
        listens.replaceFirst(".*:", ""));
  }

  /**
   * Keys of the table of settings, as environment variables; {@code .x} continues the one before.
   */
  private static Set<String> documented(String page) {
    var keys = new TreeSet<String>();
    for (MatchResult row : ROW.matcher(page).results().toList()) {
      String prefix = "";
      for (MatchResult key : KEY.matcher(row.group(1)).results().toList()) {
        String name = key.group(1).startsWith(".") ? prefix + key.group(1) : key.group(1);
        prefix = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        keys.add(name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"));
      }
    }
    return keys;
  }
}
