package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages say of the repository is there. */
class DocsTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
  private static final Pattern PLACE_HOLDER =
      Pattern.compile("(?m)^(?:[A-Z]{3,}|.*\\b(?:TODO|TBD|FIXME)\\b.*)$");
  private static final Set<String> NOT_OURS =
      Set.of("target", "node_modules", ".git", "build", "out");

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (MatchResult link : found(LINK, page)) {
        String target = link.group(1);
        if (!target.contains("://") && !Files.exists(page.resolveSibling(target))) {
          broken.add(Repository.ROOT.relativize(page) + " -> " + target);
        }
      }
    }
    assertThat(broken).as("links that lead nowhere").isEmpty();
  }

  @Test
  void noPageWaitsForItsText() throws IOException {
    List<String> waiting = new ArrayList<>();
    for (Path page : pages()) {
      for (MatchResult line : found(PLACE_HOLDER, page)) {
        waiting.add(Repository.ROOT.relativize(page) + ": " + line.group());
      }
    }
    assertThat(waiting).as("place holders").isEmpty();
  }

  private static List<MatchResult> found(Pattern pattern, Path page) throws IOException {
    return pattern.matcher(Files.readString(page)).results().toList();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.ROOT)) {
      List<Path> pages =
          files
              .filter(path -> path.toString().endsWith(".md"))
              .filter(DocsTest::isOurs)
              .sorted()
              .toList();
      assertThat(pages).hasSizeGreaterThan(10);
      return pages;
    }
  }

  private static boolean isOurs(Path page) {
    for (Path part : Repository.ROOT.relativize(page)) {
      if (NOT_OURS.contains(part.toString())) {
        return false;
      }
    }
    return true;
  }
}
