package io.lite3r.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void noTwoConstantsShareAName() throws IllegalAccessException {
    List<String> names = names("");

    assertThat(names).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void metricsSayWhoseTheyAreInLowerCase() throws IllegalAccessException {
    assertThat(names("lite3r."))
        .hasSizeGreaterThan(20)
        .allMatch(n -> n.matches("lite3r(\\.[a-z_]+)+"));
  }

  private static List<String> names(String prefix) throws IllegalAccessException {
    List<String> names = new ArrayList<>();
    for (Field field : Arrays.asList(Names.class.getDeclaredFields())) {
      if (field.get(null) instanceof String name && name.startsWith(prefix)) {
        names.add(name);
      }
    }
    return names;
  }
}
