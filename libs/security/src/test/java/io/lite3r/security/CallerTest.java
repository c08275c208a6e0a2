package io.lite3r.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTest {
  private final Caller acme = new Caller("acme", Set.of(), null);

  @Test
  void aSceneBelongsToTheTenantItsNameBeginsWith() {
    assertThat(acme.has("acme-yard")).isTrue();
    assertThat(acme.has("acme-yard-2")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "acmes-yard", "acm-yard", "ac-me-yard", "yard", "ACME-yard", ""})
  void noOtherIsThere(String scene) {
    assertThat(acme.has(scene)).isFalse();
  }

  @Test
  void whereNoTokensAreWantedEverySceneIsThere() {
    assertThat(Caller.UNNAMED.has("yard")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a-b", "Acme", "a.b", "*", "acme\n"})
  void aTenantWhoseNameCouldBeAnothersIsRefused(String tenant) {
    assertThatThrownBy(() -> new Caller(tenant, Set.of(), null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
