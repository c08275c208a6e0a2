package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnedScenesTest {
  private final OwnedScenes<Object> scenes = new OwnedScenes<>();

  @Test
  void theScenesOfALostPartitionAreForgottenAndTheOthersGoOn() {
    Object kitchen = scenes.of("kitchen", 0, scene -> new Object());
    Object street = scenes.of("street", 1, scene -> new Object());

    scenes.forget(Set.of(0));

    assertThat(scenes.of("street", 1, scene -> new Object())).isSameAs(street);
    assertThat(scenes.of("kitchen", 0, scene -> new Object())).isNotSameAs(kitchen);
  }

  @Test
  void aSceneOfWhichNobodyKnowsThePartitionIsForgottenWithAny() {
    Object unknown = scenes.of("kitchen", null, scene -> new Object());

    scenes.forget(Set.of(3));

    assertThat(scenes.all()).doesNotContain(unknown);
  }
}
