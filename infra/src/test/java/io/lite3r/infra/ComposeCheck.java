package io.lite3r.infra;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** {@code infra/compose.yaml} and what it mounts agree with the application and with each other. */
final class ComposeCheck {
  private static final List<String> OURS =
      List.of("capture", "windowing", "reconstruction", "fusion", "console");
  private static final String PORT = "8080"; // Quarkus' own; nothing here sets another
  private static final Pattern TOPIC_LINE = Pattern.compile("(?m)^topic (.*)$");
  private static final Pattern BUCKET =
      Pattern.compile("name = \"lite3r.s3.bucket\", defaultValue = \"([^\"]+)\"");

  private final Tree tree;
  private final Problems problems;
  private final Node compose;
  private final Map<String, Node> services;
  private final Map<String, Node> withGpu;

  ComposeCheck(Tree tree, Problems problems) {
    this.tree = tree;
    this.problems = problems;
    this.compose = tree.yaml("infra/compose.yaml");
    this.services = compose.at("services").entries();
    this.withGpu = tree.yaml("infra/compose.gpu.yaml").at("services").entries();
  }

  void run() {
    problems.unless(
        services.keySet().containsAll(OURS), "services are missing: %s", services.keySet());
    services.forEach(
        (name, service) -> {
          image(name, service.at("image").text());
          mounts(name, service);
          ports(name, service);
        });
    withGpu.forEach((name, service) -> image(name, service.at("image").text()));
    OURS.forEach(name -> ours(name, services.get(name)));
    broker();
    topics();
    prometheus();
    collectorsExporters();
    grafana();
  }

  private void image(String name, String image) {
    if (OURS.contains(name)) {
      String gpu = image.contains("-gpu:") ? "-gpu" : "";
      String ours = "lite3r/%s%s:%s".formatted(name, gpu, version("<version>"));
      problems.unless(image.equals(ours), "%s: image %s is not %s", name, image, ours);
    } else {
      String tag = image.substring(image.lastIndexOf('/') + 1);
      problems.unless(tag.matches("[^:]+:.*\\d.*"), "%s: image %s has no fixed tag", name, image);
      String kafka = version("<kafka.version>");
      problems.unless(
          !image.startsWith("apache/kafka") || image.endsWith(":" + kafka),
          "%s: image %s is not the tested Kafka, %s",
          name,
          image,
          kafka);
    }
  }

  /** The first value of an element of the parent pom. */
  private String version(String element) {
    String pom = tree.text("pom.xml");
    int from = pom.indexOf(element) + element.length();
    return pom.substring(from, pom.indexOf('<', from));
  }

  private void mounts(String name, Node service) {
    for (String mount : service.at("volumes").texts()) {
      String from = mount.substring(0, mount.indexOf(':'));
      if (from.startsWith("./")) {
        String file = "infra" + from.substring(1);
        problems.unless(tree.has(file), "%s: %s is mounted and not there", name, file);
      } else {
        problems.unless(
            compose.at("volumes").entries().containsKey(from),
            "%s: volume %s is not declared",
            name,
            from);
      }
    }
  }

  private void ports(String name, Node service) {
    for (String port : service.at("ports").texts()) {
      problems.unless(
          port.startsWith("127.0.0.1:"), "%s: port %s is open to the world", name, port);
      problems.unless(
          !OURS.contains(name) || port.endsWith(":" + PORT),
          "%s: port %s is not the one that services listen on, %s",
          name,
          port,
          PORT);
    }
  }

  private void ours(String name, Node service) {
    Map<String, Node> environment = service.at("environment").entries();
    String documented = documentedSettings();
    environment.keySet().stream()
        .filter(key -> key.startsWith("LITE3R_"))
        .filter(key -> !documented.contains(" " + key + " "))
        .forEach(
            key -> problems.unless(false, "%s: %s is no setting of docs/operations.md", name, key));
    String broker = environment.get("KAFKA_BOOTSTRAP_SERVERS").text();
    String advertised =
        services.get("kafka").at("environment").at("KAFKA_ADVERTISED_LISTENERS").text();
    problems.unless(
        advertised.equals("PLAINTEXT://" + broker),
        "%s: KAFKA_BOOTSTRAP_SERVERS is %s, the broker advertises %s",
        name,
        broker,
        advertised.replace("PLAINTEXT://", ""));
    var bucket =
        BUCKET.matcher(
            tree.text("libs/objects/src/main/java/io/lite3r/objects/ObjectStoreProducer.java"));
    String applications = bucket.find() ? bucket.group(1) : "unknown";
    Node stated = service.at("environment").at("LITE3R_S3_BUCKET");
    problems.unless(
        stated.text().equals(applications),
        "%s: bucket %s is not the application's %s",
        name,
        stated.text(),
        applications);
    host(name + ": LITE3R_S3_ENDPOINT", environment.get("LITE3R_S3_ENDPOINT").text());
    URI spans = URI.create(environment.get("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT").text());
    String listens =
        tree.yaml("infra/collector/collector.yaml")
            .at("receivers")
            .at("otlp")
            .at("protocols")
            .at("grpc")
            .at("endpoint")
            .text();
    problems.unless(
        listens.endsWith(":" + spans.getPort()),
        "%s: spans go to %s, the collector listens on %s",
        name,
        spans.getAuthority(),
        listens.replaceFirst(".*:", ""));
    host(name + ": spans", spans.toString());
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

  /** Keys of the table of settings as environment variables, each between blanks. */
  private String documentedSettings() {
    var keys = new StringBuilder(" ");
    for (String line : tree.text("docs/operations.md").split("\n", -1)) {
      String prefix = "";
      for (MatchResult key :
          Pattern.compile("`([a-z0-9.-]+)`")
              .matcher(line.split("\\|", 3).length > 2 ? line.split("\\|", 3)[1] : "")
              .results()
              .toList()) {
        String name = key.group(1);
        if (name.startsWith(".")) {
          name = prefix + name;
        } else {
          prefix = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        }
        keys.append(name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")).append(' ');
      }
    }
    return keys.toString();
  }

  private void broker() {
    String limit = services.get("kafka").at("environment").at("KAFKA_MESSAGE_MAX_BYTES").text();
    int largest = Topics.all().stream().mapToInt(Topic::maxMessageBytes).max().orElseThrow();
    problems.unless(
        limit.equals(Integer.toString(largest)),
        "kafka: the broker takes %s bytes, topics.yaml allows %d",
        limit,
        largest);
  }

  private void topics() {
    List<String> stated =
        Topics.all().stream()
            .map(
                topic ->
                    "%s %d %d %d"
                        .formatted(
                            topic.name(),
                            topic.partitions(),
                            topic.retention().toMillis(),
                            topic.maxMessageBytes()))
            .toList();
    List<String> made =
        TOPIC_LINE
            .matcher(tree.text("infra/kafka/create-topics.sh"))
            .results()
            .map(line -> line.group(1))
            .toList();
    problems.same("topic", stated, "create-topics.sh", made);
  }

  private void prometheus() {
    Node file = tree.yaml("infra/prometheus/prometheus.yml");
    List<String> targets = new ArrayList<>();
    for (Node job : file.at("scrape_configs").elements()) {
      for (Node group : job.at("static_configs").elements()) {
        List<String> here = group.at("targets").texts();
        here.forEach(target -> host("prometheus.yml", "http://" + target));
        if (job.at("job_name").text().equals("lite3r")) {
          targets.addAll(here);
          String service = group.at("labels").at("service").text();
          problems.unless(
              here.equals(List.of(service + ":" + PORT)),
              "prometheus.yml calls %s %s",
              here,
              service);
        }
      }
    }
    problems.same(
        "scrape target",
        OURS.stream().map(n -> n + ":" + PORT).toList(),
        "prometheus.yml",
        targets);
    for (Node manager : file.at("alerting").at("alertmanagers").elements()) {
      manager.at("static_configs").elements().stream()
          .flatMap(group -> group.at("targets").texts().stream())
          .forEach(target -> host("prometheus.yml", "http://" + target));
    }
  }

  private void collectorsExporters() {
    tree.yaml("infra/collector/collector.yaml")
        .at("exporters")
        .entries()
        .values()
        .forEach(exporter -> host("collector.yaml", "http://" + exporter.at("endpoint").text()));
  }

  private void grafana() {
    tree.yaml("infra/grafana/provisioning/datasources/datasources.yaml")
        .at("datasources")
        .elements()
        .forEach(source -> host("datasources.yaml", source.at("url").text()));
    List<String> mounted = services.get("grafana").at("volumes").texts();
    for (Node provider :
        tree.yaml("infra/grafana/provisioning/dashboards/dashboards.yaml")
            .at("providers")
            .elements()) {
      String path = provider.at("options").at("path").text();
      problems.unless(
          mounted.contains("./grafana/dashboards:%s:ro".formatted(path)),
          "dashboards.yaml reads %s, where nothing is mounted",
          path);
    }
  }

  /** The host of an address is a service of the compose files. */
  private void host(String who, String address) {
    String host = URI.create(address).getHost();
    problems.unless(
        services.containsKey(host) || withGpu.containsKey(host),
        "%s names %s, which is no service",
        who,
        host);
  }
}
