package io.lite3r.images;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.FilePermissionsProvider;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One image as layers, the seldom changed first: system libraries (or a foreign base), Java
 * runtime, dependencies, model, application. Files belong to root and carry one fixed time, so that
 * equal files give an equal digest. There is no shell and no package manager in it.
 *
 * @param repository the repository's root
 * @param system what {@code images/rootfs} made: {@code root} and {@code java}
 * @param version the tag and version label
 * @param revision the commit that was built
 */
record ImageAssembly(Path repository, Path system, String version, String revision) {
  private static final String GPU = "/opt/gpu";
  private static final String TAR = "tar://";
  private static final AbsoluteUnixPath TMP = AbsoluteUnixPath.get("/tmp");

  /** A file system that is mounted over /tmp takes its mode from what is there. */
  private static final FilePermissionsProvider AS_ON_DISK =
      (source, destination) ->
          destination.equals(TMP)
              ? FilePermissions.fromOctalString("777")
              : Files.isExecutable(source)
                  ? FilePermissions.fromOctalString("755")
                  : FilePermissions.fromOctalString("644");

  private static final List<String> COMMAND =
      List.of(
          "/opt/java/bin/java",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
          "-jar",
          "/app/quarkus-run.jar");

  JibContainerBuilder of(ServiceImage image, Gpu gpu)
      throws IOException, InvalidImageReferenceException {
    JibContainerBuilder builder =
        image.gpu() && gpu.base() != null
            ? on(gpu.base())
            : Jib.fromScratch().addFileEntriesLayer(layer("system", "/", system.resolve("root")));
    builder.setPlatforms(Set.of(new Platform(architecture(), "linux")));
    builder.addFileEntriesLayer(layer("java", "/opt/java", system.resolve("java")));
    List<String> command = new ArrayList<>(COMMAND);
    if (image.gpu()) {
      builder.addFileEntriesLayer(layer("gpu", GPU, gpu.libraries()));
      builder.addEnvironmentVariable("LD_LIBRARY_PATH", GPU);
      // The driver is the node's: NVIDIA's runtime brings in what is named here.
      builder.addEnvironmentVariable("NVIDIA_DRIVER_CAPABILITIES", "compute,utility");
      command.add(1, "-Donnxruntime.native.path=" + GPU);
    }
    Path application =
        repository.resolve("services/%s/target/quarkus-app".formatted(image.module()));
    builder.addFileEntriesLayer(layer("libraries", "/app/lib", application.resolve("lib")));
    if (image.model()) {
      // Only what is read at run time; checkpoints are for training.
      Path model = repository.resolve("models/lite3r-small");
      builder.addFileEntriesLayer(
          layer("model", "/models/lite3r-small", model, path -> !path.startsWith("checkpoint")));
      builder.addEnvironmentVariable("LITE3R_MODEL_DIR", "/models/lite3r-small");
      // ONNX Runtime 1.29 reports its use to its maker, and dies where there is no shell to ask
      // about the machine.
      builder.addEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1");
    }
    return builder
        .addFileEntriesLayer(layer("application", "/app", application, p -> !p.startsWith("lib")))
        .setFormat(ImageFormat.OCI)
        .setEntrypoint(command)
        .setUser(ServiceImage.USER + ":" + ServiceImage.USER)
        .setWorkingDirectory(AbsoluteUnixPath.get("/"))
        .setExposedPorts(Set.of(Port.tcp(ServiceImage.PORT)))
        .setLabels(labels(image));
  }

  /**
   * What the operator names for images with a GPU.
   *
   * @param libraries the folder with ONNX Runtime's GPU build and whatever of CUDA, cuDNN and
   *     TensorRT the base has not
   * @param base what they stand on, a registry's image or {@code tar://} and the file of one
   *     ({@code docker save}); the same as the others when there is none
   */
  record Gpu(Path libraries, @Nullable String base) {}

  private static JibContainerBuilder on(String base) throws InvalidImageReferenceException {
    return base.startsWith(TAR)
        ? Jib.from(TarImage.at(Path.of(base.substring(TAR.length()))))
        : Jib.from(withCredentials(ImageReference.parse(base)));
  }

  /** An OCI archive as a file. */
  Containerizer toFile(ServiceImage image, Path tar) throws InvalidImageReferenceException {
    return cached(
        Containerizer.to(TarImage.at(tar).named("lite3r/%s:%s".formatted(image.name(), version))));
  }

  /** Straight into a registry, with the credentials of the user's docker configuration. */
  Containerizer toRegistry(ServiceImage image, String registry)
      throws InvalidImageReferenceException {
    return cached(
        Containerizer.to(
            withCredentials(
                ImageReference.parse("%s/%s:%s".formatted(registry, image.name(), version)))));
  }

  private static RegistryImage withCredentials(ImageReference image) {
    return RegistryImage.named(image)
        .addCredentialRetriever(
            CredentialRetrieverFactory.forImage(image, event -> {}).dockerConfig());
  }

  private Containerizer cached(Containerizer containerizer) {
    return containerizer
        .setToolName("lite3r-images")
        .setBaseImageLayersCache(system.resolve("base-cache"))
        .setApplicationLayersCache(system.resolve("layer-cache"));
  }

  private Map<String, String> labels(ServiceImage image) {
    return new TreeMap<>(
        Map.of(
            "org.opencontainers.image.title",
            "lite3r-" + image.name(),
            "org.opencontainers.image.description",
            image.says(),
            "org.opencontainers.image.version",
            version,
            "org.opencontainers.image.revision",
            revision,
            "org.opencontainers.image.licenses",
            "Apache-2.0",
            "org.opencontainers.image.vendor",
            "Lite3R Stream"));
  }

  private static FileEntriesLayer layer(String name, String at, Path folder) throws IOException {
    return layer(name, at, folder, path -> true);
  }

  private interface Choice {
    boolean takes(Path relative);
  }

  private static FileEntriesLayer layer(String name, String at, Path folder, Choice choice)
      throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(path -> !path.equals(folder)).sorted().forEach(files::add);
    }
    if (files.isEmpty()) {
      throw new IllegalStateException(folder + " is empty; build the service first");
    }
    for (Path file : files) {
      Path relative = folder.relativize(file);
      if (choice.takes(relative)) {
        AbsoluteUnixPath place =
            AbsoluteUnixPath.get(at).resolve(relative.toString().replace('\\', '/'));
        layer.addEntry(file, place, AS_ON_DISK.get(file, place));
      }
    }
    return layer.build();
  }

  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("aarch64") ? "arm64" : name;
  }
}
