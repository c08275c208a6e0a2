package io.lite3r.fusion.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockCholeskyTest {
  private static final int SIZE = 3;

  private record Edge(int a, int b) {}

  /** A chain with loops between any two of its nodes. */
  private static List<Edge> chain(int nodes, int loops, Random random) {
    List<Edge> edges = new ArrayList<>();
    for (int i = 1; i < nodes; i++) {
      edges.add(random.nextBoolean() ? new Edge(i - 1, i) : new Edge(i, i - 1));
    }
    for (int i = 0; i < loops; i++) {
      edges.add(new Edge(random.nextInt(nodes), random.nextInt(nodes)));
    }
    edges.removeIf(e -> e.a() == e.b());
    return edges;
  }

  private static Elimination order(int nodes, List<Edge> edges) {
    return Elimination.of(
        nodes,
        edges.stream().mapToInt(Edge::a).toArray(),
        edges.stream().mapToInt(Edge::b).toArray());
  }

  @Test
  void whatIsSolvedSolvesTheSystemThatWasAddedUp() {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      int nodes = 2 + random.nextInt(40);
      List<Edge> edges = chain(nodes, random.nextInt(20), random);
      BlockCholesky system = new BlockCholesky(SIZE, order(nodes, edges));
      double[][] dense = new double[SIZE * nodes][SIZE * nodes];
      double[] right = new double[SIZE * nodes];
      for (int node = 0; node < nodes; node++) {
        add(system, dense, node, node, new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, null);
      }
      for (Edge edge : edges) {
        double[] a = random.doubles(SIZE * SIZE, -1, 1).toArray();
        double[] b = random.doubles(SIZE * SIZE, -1, 1).toArray();
        add(system, dense, edge.a(), edge.a(), a, null);
        add(system, dense, edge.b(), edge.b(), b, null);
        add(system, dense, edge.a(), edge.b(), a, b);
        double[] r = random.doubles(SIZE, -1, 1).toArray();
        system.addRight(edge.a(), a, r, 2);
        for (int i = 0; i < SIZE; i++) {
          for (int k = 0; k < SIZE; k++) {
            right[SIZE * edge.a() + i] += 2 * a[SIZE * k + i] * r[k];
          }
        }
      }
      for (double damping : new double[] {0, 0.3}) {
        double[] x = system.solve(damping);
        for (int i = 0; i < right.length; i++) {
          double sum = damping * dense[i][i] * x[i];
          for (int j = 0; j < right.length; j++) {
            sum += dense[i][j] * x[j];
          }
          assertThat(sum).as("seed %d, row %d", seed, i).isCloseTo(right[i], within(1e-9));
        }
      }
    }
  }

  /** {@code a^T b} at (row, column) and its mirror image; without b {@code a^T a}. */
  private static void add(
      BlockCholesky system, double[][] dense, int row, int column, double[] a, double[] b) {
    double[] other = b == null ? a : b;
    system.addProduct(row, column, a, other, SIZE, 1);
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        double sum = 0;
        for (int k = 0; k < SIZE; k++) {
          sum += a[SIZE * k + i] * other[SIZE * k + j];
        }
        dense[SIZE * row + i][SIZE * column + j] += sum;
        if (row != column) {
          dense[SIZE * column + j][SIZE * row + i] += sum;
        }
      }
    }
  }

  @Test
  void whatIsNotPositiveDefiniteHasNoSolution() {
    BlockCholesky system = new BlockCholesky(1, order(2, List.of(new Edge(0, 1))));
    system.addProduct(0, 0, new double[] {1}, new double[] {1}, 1, 1);
    assertThat(system.solve(0)).isNull();
  }

  @Test
  void aSecondLapThatIsTiedToTheFirstFillsLittle() {
    int lap = 2_000;
    List<Edge> edges = chain(2 * lap, 0, new Random(1));
    for (int i = 0; i < lap; i += 10) {
      edges.add(new Edge(i, lap + i));
    }
    Elimination order = order(2 * lap, edges);
    long blocks = 0;
    for (int column = 0; column < order.size(); column++) {
      blocks += order.below(column).length;
    }
    // Row by row up to the diagonal it were 200 rows of 2,000 blocks.
    assertThat(blocks).isLessThan(3L * edges.size());
  }
}
