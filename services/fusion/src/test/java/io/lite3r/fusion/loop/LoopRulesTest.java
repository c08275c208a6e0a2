package io.lite3r.fusion.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopRulesTest {
  private static final LoopRules RULES = LoopRules.SERVED;

  @Test
  void inAShortSceneAVerificationTakesEffectByItself() {
    for (long later = 0; later + RULES.delay() < 128; later++) {
      assertThat(RULES.effect(later)).isEqualTo(later + RULES.delay());
    }
  }

  @Test
  void theLongerTheSceneTheMoreTakeEffectTogetherAndNoneBeforeItsTime() {
    long before = 0;
    for (long later = 0; later < 20_000; later++) {
      long effect = RULES.effect(later);
      assertThat(effect).isGreaterThanOrEqualTo(before);
      assertThat(effect - later - RULES.delay()).isBetween(0L, Math.max(0, later / 64));
      before = effect;
    }
    assertThat(RULES.effect(5_000 - RULES.delay())).isEqualTo(5_056);
    assertThat(RULES.effect(5_050 - RULES.delay())).isEqualTo(5_056);
  }
}
