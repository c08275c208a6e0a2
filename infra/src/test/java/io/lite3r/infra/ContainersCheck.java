package io.lite3r.infra;

import static io.lite3r.infra.ComposeFiles.OURS;
import static io.lite3r.infra.ComposeFiles.PORT;

/** Images have fixed versions, what is mounted is there, ports are open on the loopback only. */
final class ContainersCheck {
  private final ComposeFiles compose;
  private final Tree tree;
  private final Node volumes;
  private final Problems problems;

  ContainersCheck(ComposeFiles compose, Problems problems) {
    this.compose = compose;
    this.tree = compose.tree();
    this.volumes = tree.yaml("infra/compose.yaml").at("volumes");
    this.problems = problems;
  }

  void run() {
    compose
        .services()
        .forEach(
            (name, service) -> {
              image(name, service.at("image").text());
              mounts(name, service);
              ports(name, service);
            });
    compose.withGpu().forEach((name, service) -> image(name, service.at("image").text()));
  }

  private void image(String name, String image) {
    if (OURS.contains(name)) {
      String gpu = image.contains("-gpu:") ? "-gpu" : "";
      String ours = "lite3r/%s%s:%s".formatted(name, gpu, pom("<version>"));
      problems.unless(image.equals(ours), "%s: image %s is not %s", name, image, ours);
      return;
    }
    String tag = image.substring(image.lastIndexOf('/') + 1);
    problems.unless(tag.matches("[^:]+:.*\\d.*"), "%s: image %s has no fixed tag", name, image);
    String kafka = pom("<kafka.version>");
    problems.unless(
        !image.startsWith("apache/kafka") || image.endsWith(":" + kafka),
        "%s: image %s is not the tested Kafka, %s",
        name,
        image,
        kafka);
  }

  /** The first value of an element of the parent pom. */
  private String pom(String element) {
    String pom = tree.text("pom.xml");
    int from = pom.indexOf(element) + element.length();
    return pom.substring(from, pom.indexOf('<', from));
  }

  private void mounts(String name, Node service) {
    for (String mount : service.at("volumes").texts()) {
      String from = mount.substring(0, mount.indexOf(':'));
      if (from.startsWith("./") || from.startsWith("../")) {
        String file = from.startsWith("./") ? "infra" + from.substring(1) : from.substring(3);
        problems.unless(tree.has(file), "%s: %s is mounted and not there", name, file);
      } else {
        problems.unless(
            volumes.entries().containsKey(from), "%s: volume %s is not declared", name, from);
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
}
