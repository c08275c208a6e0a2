package io.lite3r.capture.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.capture.CaptureUnreadable;
import io.lite3r.capture.Pictures;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.RejectionReason;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class CapturePlayerTest {
  @Inject CapturePlayer player;
  @TempDir Path folder;

  @Test
  void aRigIsPlayedByTimeWithItsCamerasNamedAndEnded() throws IOException {
    Path rig = rig();
    List<PlayResult.Progress> progress = new ArrayList<>();

    PlayResult result = player.play(rig, "p-rig", PlayOptions.fast(), progress::add);

    assertThat(result.accepted()).hasSize(6);
    assertThat(result.rejected()).isEmpty();
    assertThat(result.cameras()).containsExactly("left", "right");
    assertThat(progress.getLast()).isEqualTo(new PlayResult.Progress(6, 0, 6));
    List<FrameRecord> records = frames("p-rig", 8);
    assertThat(records.subList(0, 6))
        .allSatisfy(
            record -> {
              assertThat(record.getFrame().getRigCamerasList()).containsExactly("left", "right");
              assertThat(record.getFrame().hasIntrinsics()).isFalse();
              assertThat(record.getFrame().hasSceneFromCameraPrior()).isFalse();
              assertThat(record.getFrame().hasRigFromCamera()).isFalse();
            });
    assertThat(records.subList(6, 8)).allMatch(FrameRecord::hasEnd);
  }

  @Test
  void groundTruthEntersTheRecordsOnlyWhenAskedFor() throws IOException {
    PlayOptions all = new PlayOptions("asked", PlayOptions.Rate.MAX, true, true, true, false);

    player.play(rig(), "p-asked", all, progress -> {});

    var frame = frames("p-asked", 8).getFirst().getFrame();
    // The file says that (0, 0) is the centre of the first pixel.
    assertThat(frame.getIntrinsics().getCx()).isEqualTo(160);
    assertThat(frame.getIntrinsics().getFx()).isEqualTo(300);
    assertThat(frame.getRigFromCamera().getTx()).isEqualTo(0.5);
    assertThat(frame.getSceneFromCameraPrior().getTz()).isEqualTo(2);
    assertThat(frame.getGps().getLatitudeDeg()).isEqualTo(46.5);
  }

  @Test
  void posesOfOtherCamerasThanOpenCvsAreRefusedByNameWhenTheyAreToBeUsed() throws IOException {
    Path rig = rig();
    Path file = rig.resolve("cameras.json");
    Files.writeString(
        file, Files.readString(file).replace("{\"name\"", "{\"axes\": \"OpenGL\", \"name\""));
    PlayOptions withPoses = new PlayOptions("gl", PlayOptions.Rate.MAX, false, false, true, false);

    assertThatThrownBy(() -> CapturePlayer.requirePlayable(rig, "p-gl", withPoses))
        .isInstanceOf(CaptureUnreadable.class)
        .hasMessageContaining("OpenGL")
        .hasMessageContaining("opencv");
    CapturePlayer.requirePlayable(rig, "p-gl", PlayOptions.fast());
  }

  @Test
  void atRealTimeFramesAreNotPlayedBeforeTheirTime() throws IOException {
    PlayOptions paced =
        new PlayOptions(null, PlayOptions.Rate.REALTIME, false, false, false, false);
    List<Long> ended = new ArrayList<>();

    long begun = System.nanoTime();
    PlayResult result =
        player.play(rig(), "p-paced", paced, progress -> ended.add(System.nanoTime() - begun));

    assertThat(result.accepted()).hasSize(6).allMatch(frame -> frame.tookNs() > 0);
    // Two cameras, an instant every 0.1 s: no frame can have ended before its instant.
    for (int i = 0; i < ended.size(); i++) {
      assertThat(ended.get(i)).as("frame %d", i).isGreaterThanOrEqualTo(i / 2 * 100_000_000L);
    }
  }

  @Test
  void playingAFolderAgainIsTheSameCaptureAndHasNoEffect() throws IOException {
    Path rig = rig();
    PlayResult first = player.play(rig, "p-again", PlayOptions.fast(), progress -> {});
    PlayResult second = player.play(rig, "p-again", PlayOptions.fast(), progress -> {});

    assertThat(second.capture()).isEqualTo(first.capture());
    assertThat(second.acceptedIds()).isEqualTo(first.acceptedIds());
    assertThat(second.accepted()).allMatch(PlayResult.Accepted::duplicate);
    assertThat(frames("p-again", 10)).filteredOn(FrameRecord::hasFrame).hasSize(6);
  }

  @Test
  void badFilesAreRefusedByNameAndTheRestGoesOn() throws IOException {
    for (int i = 0; i < 8; i++) {
      byte[] jpeg = Pictures.jpeg(320, 240, i);
      Files.write(
          folder.resolve("%03d.jpg".formatted(i)),
          switch (i) {
            case 2 -> Arrays.copyOf(jpeg, jpeg.length / 2);
            case 5 -> "not an image".getBytes();
            default -> jpeg;
          });
    }
    Files.writeString(folder.resolve("notes.txt"), "not part of the capture");

    PlayResult result = player.play(folder, "p-bad", PlayOptions.fast(), progress -> {});

    assertThat(result.rejected())
        .extracting(PlayResult.Rejected::source, PlayResult.Rejected::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "002.jpg", RejectionReason.REJECTION_REASON_TRUNCATED),
            org.assertj.core.groups.Tuple.tuple(
                "005.jpg", RejectionReason.REJECTION_REASON_UNSUPPORTED_MEDIA));
    assertThat(result.accepted()).hasSize(6);
    assertThat(frames("p-bad", 7).subList(0, 6))
        .extracting(record -> record.getFrame().getId().getSequence())
        .containsExactly(0L, 1L, 3L, 4L, 6L, 7L);
    assertThat(TopicTail.await("frame-outcomes", "p-bad", 2)).hasSize(2);
    assertThat(TopicTail.await("dead-letters", "p-bad", 2)).hasSize(2);
  }

  @Test
  void aFolderThatIsNoCaptureIsToldSo() {
    assertThatThrownBy(() -> player.play(folder, "p-none", PlayOptions.fast(), progress -> {}))
        .isInstanceOf(CaptureUnreadable.class)
        .hasMessageContaining("neither cameras.json nor JPEG");
    assertThatThrownBy(
            () -> player.play(folder.resolve("x"), "p-none", PlayOptions.fast(), progress -> {}))
        .hasMessageContaining("is no folder");
  }

  private List<FrameRecord> frames(String scene, int count) {
    return TopicTail.await("frames", scene, count).stream()
        .map(
            record -> {
              try {
                return FrameRecord.parseFrom(record.value());
              } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  private Path rig() throws IOException {
    StringBuilder frames = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      for (String camera : List.of("left", "right")) {
        String file = camera + i + ".jpg";
        Files.write(folder.resolve(file), Pictures.jpeg(320, 240, 10 * i + camera.length()));
        frames
            .append(frames.isEmpty() ? "" : ",")
            .append(
                """
                {"file": "%s", "camera": "%s", "timestamp": %s, "width": 320, "height": 240,
                 "K": [[300, 0, 159.5], [0, 300, 119.5], [0, 0, 1]], "distortion": null,
                 "T_world_camera": [[1,0,0,0],[0,1,0,0],[0,0,1,2],[0,0,0,1]],
                 "gps": {"lat": 46.5, "lon": -91.0, "alt_m": 12.0}}
                """
                    .formatted(file, camera, 0.1 * i));
      }
    }
    Files.writeString(
        folder.resolve("cameras.json"),
        """
        {"name": "rig", "pixel_origin": "centre of the top left pixel is (0, 0)",
         "rig": {"left": [[1,0,0,0.5],[0,1,0,0],[0,0,1,0],[0,0,0,1]]},
         "frames": [%s]}
        """
            .formatted(frames));
    return folder;
  }
}
