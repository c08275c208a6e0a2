package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import io.lite3r.images.ServiceImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Every image has a tag or digest that stays what it is, and a service's is one that {@code
 * images/build} makes, in this version, run as the user and with the port that it is made for.
 */
final class Images implements Rule {
  private final String version;

  /**
   * @param version of the build: the images' tag
   */
  Images(String version) {
    this.version = version;
  }

  @Override
  public String proves() {
    return "images are pinned, and ours are those that are built";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    for (PodTemplate pod : overlay.pods()) {
      for (JsonNode container : pod.containers()) {
        String image = container.path("image").asText();
        String id = "%s: image %s".formatted(pod.owner().id(), image);
        String last = image.substring(image.lastIndexOf('/') + 1);
        if (!last.contains(":") && !last.contains("@")) {
          faults.add(id + " has no tag");
        } else if (last.endsWith(":latest")) {
          faults.add(id + " is latest, which is another one tomorrow");
        } else if (pod.isService()) {
          service(pod, container, last, id, faults);
        }
      }
    }
    return faults;
  }

  private void service(
      PodTemplate pod, JsonNode container, String image, String id, List<String> faults) {
    ServiceImage built =
        ServiceImage.ALL.stream()
            .filter(one -> image.startsWith(one.name() + ":") || image.startsWith(one.name() + "@"))
            .findFirst()
            .orElse(null);
    if (built == null) {
      faults.add(id + " is not one that images/build makes");
      return;
    }
    if (!built.module().equals(pod.owner().name())) {
      faults.add("%s runs %s".formatted(id, built.module()));
    }
    if (image.contains(":") && !image.contains("@") && !image.endsWith(":" + version)) {
      faults.add("%s is not of this version, %s".formatted(id, version));
    }
    if (pod.spec().at("/securityContext/runAsUser").asInt() != ServiceImage.USER) {
      faults.add("%s is made for user %d".formatted(id, ServiceImage.USER));
    }
    if (container.at("/ports/0/containerPort").asInt() != ServiceImage.PORT) {
      faults.add("%s serves port %d".formatted(id, ServiceImage.PORT));
    }
    boolean gpu = container.path("resources").path("limits").has("nvidia.com/gpu");
    if (gpu != built.gpu()) {
      faults.add("%s: a GPU is asked for by the image for GPUs, and by no other".formatted(id));
    }
  }
}
