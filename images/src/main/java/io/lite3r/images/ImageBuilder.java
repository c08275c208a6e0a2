package io.lite3r.images;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.JibContainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds images and prints one line {@code NAME DIGEST WHERE} for each. {@code images/build} calls
 * it.
 */
public final class ImageBuilder {
  private ImageBuilder() {}

  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.parse(args);
    ImageAssembly assembly =
        new ImageAssembly(
            arguments.repository, arguments.system, arguments.version, arguments.revision);
    Files.createDirectories(arguments.out);
    for (ServiceImage image : arguments.wanted()) {
      String where;
      Containerizer target;
      if (arguments.registry == null) {
        Path tar = arguments.out.resolve(image.name() + ".tar");
        where = tar.toString();
        target = assembly.toFile(image, tar);
      } else {
        where = "%s/%s:%s".formatted(arguments.registry, image.name(), arguments.version);
        target = assembly.toRegistry(image, arguments.registry);
      }
      JibContainer built = assembly.of(image, arguments.gpu()).containerize(target);
      System.out.printf("%s %s %s%n", image.name(), built.getDigest(), where);
    }
  }

  /** The command line; {@code images/build} says what its words mean. */
  private static final class Arguments {
    Path repository = Path.of("").toAbsolutePath();
    Path system = repository;
    Path out = repository;
    String version = "";
    String revision = "unknown";
    @Nullable String registry;
    @Nullable String gpuBase;
    @Nullable Path gpuLibraries;
    final List<String> names = new ArrayList<>();

    static Arguments parse(String[] args) {
      Arguments parsed = new Arguments();
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--repository" -> parsed.repository = Path.of(args[++i]);
          case "--system" -> parsed.system = Path.of(args[++i]);
          case "--out" -> parsed.out = Path.of(args[++i]);
          case "--version" -> parsed.version = args[++i];
          case "--revision" -> parsed.revision = args[++i];
          case "--push" -> parsed.registry = args[++i];
          case "--gpu-base" -> parsed.gpuBase = args[++i];
          case "--gpu-libraries" -> parsed.gpuLibraries = Path.of(args[++i]);
          default -> parsed.names.add(args[i]);
        }
      }
      if (parsed.version.isEmpty()) {
        throw new IllegalArgumentException("--version is needed: nothing is tagged latest");
      }
      return parsed;
    }

    ImageAssembly.Gpu gpu() {
      return new ImageAssembly.Gpu(gpuLibraries == null ? Path.of("") : gpuLibraries, gpuBase);
    }

    /** Those that are named; by default all whose libraries are known. */
    List<ServiceImage> wanted() {
      for (String name : names) {
        if (ServiceImage.ALL.stream().noneMatch(image -> image.name().equals(name))) {
          throw new IllegalArgumentException(
              "no image %s; there are %s"
                  .formatted(name, ServiceImage.ALL.stream().map(ServiceImage::name).toList()));
        }
      }
      List<ServiceImage> wanted =
          ServiceImage.ALL.stream()
              .filter(
                  image ->
                      names.isEmpty()
                          ? !image.gpu() || gpuLibraries != null
                          : names.contains(image.name()))
              .toList();
      if (gpuLibraries == null && wanted.stream().anyMatch(ServiceImage::gpu)) {
        throw new IllegalArgumentException(
            "an image for GPUs needs their libraries: --gpu-libraries DIR");
      }
      return wanted;
    }
  }
}
