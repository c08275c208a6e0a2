package io.lite3r.infra;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What a check found, a sentence each. */
final class Problems {
  private final List<String> found = new ArrayList<>();

  void unless(boolean well, String sentence, Object... about) {
    if (!well) {
      found.add(sentence.formatted(about));
    }
  }

  /** Both sides name the same things; otherwise says what only one has. */
  void same(String what, Collection<String> stated, String where, Collection<String> other) {
    var missing = new TreeSet<>(stated);
    missing.removeAll(other);
    var extra = new TreeSet<>(other);
    extra.removeAll(stated);
    missing.forEach(name -> found.add("%s %s is not in %s".formatted(what, name, where)));
    extra.forEach(name -> found.add("%s has %s, which is no %s".formatted(where, name, what)));
  }

  List<String> all() {
    return List.copyOf(found);
  }
}
