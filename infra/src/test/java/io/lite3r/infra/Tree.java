package io.lite3r.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The checkout as a check reads it; a test may change a file in it without touching the disk. */
final class Tree {
  private static final Path ROOT =
      Path.of(System.getProperty("lite3r.root", "..")).toAbsolutePath().normalize();

  private final Map<String, String> changed;

  private Tree(Map<String, String> changed) {
    this.changed = changed;
  }

  static Tree asItIs() {
    return new Tree(Map.of());
  }

  /** The same with the first of {@code what} replaced; fails when the file does not hold it. */
  Tree with(String file, String what, String by) {
    String text = text(file);
    int at = text.indexOf(what);
    if (at < 0) {
      throw new IllegalArgumentException("%s does not hold '%s'".formatted(file, what));
    }
    Map<String, String> more = new HashMap<>(changed);
    more.put(file, text.substring(0, at) + by + text.substring(at + what.length()));
    return new Tree(Map.copyOf(more));
  }

  String text(String file) {
    String text = changed.get(file);
    try {
      return text != null ? text : Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String file) {
    return Files.exists(ROOT.resolve(file));
  }

  /** Files of a folder, by name. */
  List<String> files(String folder) {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      return files.map(file -> ROOT.relativize(file).toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Node yaml(String file) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Node(file, new Yaml(new SafeConstructor(options)).load(text(file)));
  }
}
