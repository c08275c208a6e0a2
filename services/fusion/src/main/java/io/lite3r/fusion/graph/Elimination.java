package io.lite3r.fusion.graph;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * An order in which the nodes of a graph are eliminated, and which blocks a Cholesky factor has
 * then. Always the node with the fewest neighbours goes next, the lower index first (minimum
 * degree): a chain goes from wherever it is not tied to anything else, and what is left over is the
 * ends of loops. In the order of the windows a loop would fill everything between its ends.
 */
final class Elimination {
  private final int[] position;
  private final int[][] below;

  private Elimination(int[] position, int[][] below) {
    this.position = position;
    this.below = below;
  }

  /**
   * @param a one end of each edge
   * @param b the other; an edge may stand there twice, and may lead from a node to itself
   */
  static Elimination of(int nodes, int[] a, int[] b) {
    Neighbours neighbours = new Neighbours(nodes);
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        neighbours.tie(a[i], b[i]);
      }
    }
    TreeSet<Long> waiting = new TreeSet<>();
    for (int node = 0; node < nodes; node++) {
      waiting.add(neighbours.rank(node));
    }
    int[] position = new int[nodes];
    int[][] below = new int[nodes][];
    for (int next = 0; next < nodes; next++) {
      int node = waiting.pollFirst().intValue();
      position[node] = next;
      int[] left = neighbours.of(node);
      for (int other : left) {
        waiting.remove(neighbours.rank(other));
      }
      neighbours.eliminate(node, left);
      for (int other : left) {
        waiting.add(neighbours.rank(other));
      }
      below[next] = left;
    }
    for (int[] rows : below) {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = position[rows[i]];
      }
      Arrays.sort(rows);
    }
    return new Elimination(position, below);
  }

  int size() {
    return position.length;
  }

  /** When the node is eliminated. */
  int position(int node) {
    return position[node];
  }

  /** Positions of the rows below the diagonal that a column of the factor has, ascending. */
  int[] below(int column) {
    return below[column];
  }

  /** Sorted neighbours of each node that is left. */
  private static final class Neighbours {
    private final int[][] of;
    private final int[] count;

    Neighbours(int nodes) {
      of = new int[nodes][4];
      count = new int[nodes];
    }

    /** Fewest neighbours first, then the lower index. */
    long rank(int node) {
      return ((long) count[node] << 32) | node;
    }

    int[] of(int node) {
      return Arrays.copyOf(of[node], count[node]);
    }

    void tie(int a, int b) {
      insert(a, b);
      insert(b, a);
    }

    private void insert(int node, int other) {
      int at = Arrays.binarySearch(of[node], 0, count[node], other);
      if (at >= 0) {
        return;
      }
      at = -at - 1;
      if (count[node] == of[node].length) {
        of[node] = Arrays.copyOf(of[node], 2 * count[node]);
      }
      System.arraycopy(of[node], at, of[node], at + 1, count[node] - at);
      of[node][at] = other;
      count[node]++;
    }

    /** Takes a node out; those that it was tied to are tied to each other from now on. */
    void eliminate(int node, int[] left) {
      for (int one : left) {
        int[] merged = new int[count[one] + left.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < count[one] || j < left.length) {
          int mine = i < count[one] ? of[one][i] : Integer.MAX_VALUE;
          int theirs = j < left.length ? left[j] : Integer.MAX_VALUE;
          int least = Math.min(mine, theirs);
          i += mine == least ? 1 : 0;
          j += theirs == least ? 1 : 0;
          if (least != node && least != one) {
            merged[size++] = least;
          }
        }
        of[one] = merged;
        count[one] = size;
      }
      of[node] = new int[0];
      count[node] = 0;
    }
  }
}
