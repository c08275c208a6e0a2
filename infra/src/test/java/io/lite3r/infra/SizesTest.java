package io.lite3r.infra;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The table of sizes in docs/operations.md, computed again from what it says it is computed from.
 */
@Tag("infra")
class SizesTest {
  private static final String OPERATIONS = "docs/operations.md";
  private static final String STUDENT = "docs/results/student.md";
  private static final String SCALER = "k8s/components/autoscaling/scaled-object.yaml";
  private static final String CLUSTER = "k8s/components/kafka/cluster.yaml";
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (\\d+) \\| ([\\d.]+) \\| (.*?) \\|$");
  private static final int DAY_S = 86_400;
  private static final int FRESH_S = 5;
  private static final double GIB = 1L << 30;

  /** Depth and confidence are halves, colour three bytes. */
  private static final int SUBMAP_BYTES_OF_PIXEL = 7;

  private final Tree tree = Tree.asItIs();

  @Test
  void everyRowIsWhatItIsComputedFrom() {
    assertThat(rows(tree))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.there).isEqualTo(row.computed));
  }

  @Test
  void aWrongNumberIsFound() {
    Tree wrong = tree.with(OPERATIONS, "| 8 | 2 | 16.0 |", "| 8 | 2 | 17.0 |");

    assertThat(rows(wrong)).anyMatch(row -> !row.there.equals(row.computed));
  }

  @Test
  void theModelsTimeIsTheOneThatWasMeasured() {
    assertThat(Assumed.in(tree).windowSeconds).isEqualTo(measured(tree));
  }

  @Test
  void aModelThatBecameSlowerIsFound() {
    Tree slower = tree.with(STUDENT, "| 6 | 692, 756 |", "| 6 | 1380, 1512 |");

    assertThat(Assumed.in(slower).windowSeconds).isNotEqualTo(measured(slower));
  }

  @Test
  void viewsAndWindowsOfThisSizePassTheTopicsLimits() {
    Assumed assumed = Assumed.in(tree);

    assertThat(assumed.viewBytes).isLessThan(Topics.get(Topics.FRAMES).maxMessageBytes());
    assertThat(assumed.views * assumed.viewBytes)
        .isLessThan(Topics.get(Topics.WINDOWS).maxMessageBytes());
  }

  @Test
  void theScalerAddsAWorkerWhenOneCannotKeepScenesFresh() {
    Assumed assumed = Assumed.in(tree);
    // A window and the mark that ends its transaction.
    int offsets = 2 * (int) (FRESH_S / assumed.windowSeconds);

    assertThat(tree.text(SCALER)).contains("lagThreshold: \"%d\"".formatted(offsets));
  }

  @Test
  void theBrokersDiskHoldsTheRowsThatFourPartitionsDo() {
    Matcher size = Pattern.compile("size: (\\d+)Ti").matcher(tree.text(CLUSTER));
    assertThat(size.find()).isTrue();
    double disk = Integer.parseInt(size.group(1)) * 1024 * GIB;

    List<Row> held =
        rows(tree).stream()
            .filter(row -> row.partitions <= Topics.get(Topics.WINDOWS).partitions())
            .toList();

    assertThat(held).hasSize(3);
    assertThat(held.subList(0, 2)).allMatch(row -> row.diskBytes < disk);
  }

  /** What the text above the table says. */
  private record Assumed(
      double viewBytes,
      double originalBytes,
      int views,
      int shared,
      double windowSeconds,
      double busy) {

    static Assumed in(Tree tree) {
      String text = tree.text(OPERATIONS);
      int views = (int) number(text, "a window (\\d+) views of which");
      return new Assumed(
          number(text, "A view takes (\\d+) kB") * 1e3,
          number(text, "an original (\\d+) kB") * 1e3,
          views,
          (int) number(text, "views of which (\\d+) is shared"),
          number(text, "a worker of two cores (\\d+) ms for a window") / 1e3,
          number(text, "planned (\\d+) % busy") / 100);
    }
  }

  /** The median of the shipped model's windows of six on two threads, s. */
  private static double measured(Tree tree) {
    return number(tree.text(STUDENT), "(?m)^\\| 6 \\| \\d+, (\\d+) \\|") / 1e3;
  }

  private record Row(String there, String computed, int partitions, double diskBytes) {}

  private static List<Row> rows(Tree tree) {
    Assumed assumed = Assumed.in(tree);
    List<Row> rows = new ArrayList<>();
    Matcher row = ROW.matcher(tree.text(OPERATIONS));
    while (row.find()) {
      double frames = Integer.parseInt(row.group(1)) * Double.parseDouble(row.group(2));
      rows.add(row(row.group(3), frames, assumed, pixels(tree)));
    }
    return rows;
  }

  private static Row row(String there, double frames, Assumed assumed, double pixels) {
    double windows = frames / (assumed.views - assumed.shared);
    double frameBytes = frames * assumed.viewBytes;
    double windowBytes = windows * assumed.views * assumed.viewBytes;
    double disk = frameBytes * seconds(Topics.FRAMES) + windowBytes * seconds(Topics.WINDOWS);
    int workers = (int) Math.ceil(windows * assumed.windowSeconds / assumed.busy);
    int stated = Topics.get(Topics.WINDOWS).partitions();
    int partitions = Math.max(stated, workers);
    String computed =
        String.format(
            Locale.ROOT,
            "%.1f | %.1f | %.0f | %.1f | %d | %d | %.0f | %.0f | %.0f",
            frames,
            (frameBytes + windowBytes) / 1e6,
            disk / 1e9,
            windows,
            workers,
            partitions,
            stated * assumed.busy / windows * 1e3,
            frames * assumed.originalBytes * DAY_S / 1e9,
            windows * assumed.views * pixels * SUBMAP_BYTES_OF_PIXEL * DAY_S / 1e9);
    return new Row(there, computed, partitions, disk);
  }

  private static double seconds(String topic) {
    Topic stated = Topics.get(topic);
    return stated.retention().toSeconds();
  }

  /** Of the largest picture that the shipped model takes. */
  private static double pixels(Tree tree) {
    Matcher bucket =
        Pattern.compile("\\[\\s*(\\d+),\\s*(\\d+)\\s*\\]")
            .matcher(tree.text("models/lite3r-small/contract.json"));
    double most = 0;
    while (bucket.find()) {
      most =
          Math.max(most, Double.parseDouble(bucket.group(1)) * Double.parseDouble(bucket.group(2)));
    }
    return most;
  }

  private static double number(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return Double.parseDouble(found.group(1));
  }
}
