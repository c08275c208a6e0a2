package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeometryMappingTest {
  @Test
  void everythingComesBackAsItWent() {
    Intrinsics k = new Intrinsics(500, 501, 320.5, 239, 640, 480, List.of(.1, .2, .3, .4, .5));
    Affine2 a = new Affine2(1, 2, 3, 4, 5, 6);
    Rigid3 pose = new Rigid3(new Rotation(.1, .2, .3, .4), new Vector3(7, 8, 9));

    assertThat(GeometryMapping.fromRecord(GeometryMapping.toRecord(k))).isEqualTo(k);
    assertThat(GeometryMapping.fromRecord(GeometryMapping.toRecord(a))).isEqualTo(a);
    Rigid3 back = GeometryMapping.fromRecord(GeometryMapping.toRecord(pose));
    assertThat(back.translation()).isEqualTo(pose.translation());
    assertThat(back.rotation().times(pose.rotation().inverse()).angle()).isLessThan(1e-12);
  }

  @Test
  void aCameraThatCannotBeIsRefused() {
    assertThatThrownBy(
            () ->
                GeometryMapping.fromRecord(
                    io.lite3r.schemas.v1.Intrinsics.newBuilder()
                        .setFx(-1)
                        .setFy(1)
                        .setWidth(2)
                        .setHeight(2)
                        .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fx = -1.0");
  }
}
