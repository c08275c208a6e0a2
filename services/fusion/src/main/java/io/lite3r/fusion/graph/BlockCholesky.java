package io.lite3r.fusion.graph;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A symmetric positive definite system of square blocks, most of which are zero: kept and factored
 * by Cholesky in the order of an {@link Elimination}, where all fill-in has its place. A column
 * holds its diagonal block and those below it, row by row each.
 */
final class BlockCholesky {
  private final int size;
  private final int area;
  private final Elimination order;
  private final double[][] columns;
  private final double[] right;

  /**
   * @param size edge of a block
   */
  BlockCholesky(int size, Elimination order) {
    this.size = size;
    this.area = size * size;
    this.order = order;
    columns = new double[order.size()][];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = new double[(1 + order.below(i).length) * area];
    }
    right = new double[order.size() * size];
  }

  /** Adds {@code weight * left^T right} to the block of two nodes, and its mirror image. */
  void addProduct(int row, int column, double[] left, double[] right, int height, double weight) {
    int r = order.position(row);
    int c = order.position(column);
    boolean mirrored = r < c;
    double[] target = columns[Math.min(r, c)];
    int at = r == c ? 0 : block(Math.min(r, c), Math.max(r, c));
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double sum = 0;
        for (int k = 0; k < height; k++) {
          sum += left[size * k + i] * right[size * k + j];
        }
        target[at + (mirrored ? size * j + i : size * i + j)] += weight * sum;
      }
    }
  }

  private int block(int column, int row) {
    int at = Arrays.binarySearch(order.below(column), row);
    if (at < 0) {
      throw new IllegalArgumentException("the system has no such block");
    }
    return (1 + at) * area;
  }

  /** Adds {@code weight * jacobian^T residual} to the right side. */
  void addRight(int node, double[] jacobian, double[] residual, double weight) {
    int row = order.position(node);
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int k = 0; k < residual.length; k++) {
        sum += jacobian[size * k + i] * residual[k];
      }
      right[size * row + i] += weight * sum;
    }
  }

  /**
   * The solution for the right side, node by node, with every diagonal entry times {@code 1 +
   * damping}; null when the system is not positive definite. The system itself stays as it was.
   */
  double @Nullable [] solve(double damping) {
    double[][] factor = new double[columns.length][];
    for (int k = 0; k < factor.length; k++) {
      factor[k] = columns[k].clone();
      for (int i = 0; i < size; i++) {
        factor[k][size * i + i] *= 1 + damping;
      }
    }
    for (int k = 0; k < factor.length; k++) {
      if (!cholesky(factor[k])) {
        return null;
      }
      for (int b = 1; b <= order.below(k).length; b++) {
        forward(factor[k], b * area);
      }
      takeOut(factor, k);
    }
    return substitute(factor);
  }

  /** What a finished column leaves to those after it: minus L_ik L_jk^T at each (i, j). */
  private void takeOut(double[][] factor, int k) {
    int[] rows = order.below(k);
    for (int b = 0; b < rows.length; b++) {
      int j = rows[b];
      double[] target = factor[j];
      subtract(factor[k], (1 + b) * area, (1 + b) * area, target, 0);
      int[] below = order.below(j);
      int at = 0;
      for (int a = b + 1; a < rows.length; a++) {
        while (below[at] != rows[a]) { // what lies below both is among what lies below the earlier
          at++;
        }
        subtract(factor[k], (1 + a) * area, (1 + b) * area, target, (1 + at) * area);
      }
    }
  }

  private void subtract(double[] column, int i, int j, double[] target, int at) {
    for (int r = 0; r < size; r++) {
      for (int c = 0; c < size; c++) {
        double sum = 0;
        for (int m = 0; m < size; m++) {
          sum += column[i + size * r + m] * column[j + size * c + m];
        }
        target[at + size * r + c] -= sum;
      }
    }
  }

  /** X with X L^T = block, in place; L is the column's diagonal block. */
  private void forward(double[] column, int target) {
    for (int r = 0; r < size; r++) {
      for (int c = 0; c < size; c++) {
        double sum = column[target + size * r + c];
        for (int m = 0; m < c; m++) {
          sum -= column[target + size * r + m] * column[size * c + m];
        }
        column[target + size * r + c] = sum / column[size * c + c];
      }
    }
  }

  private boolean cholesky(double[] m) {
    for (int r = 0; r < size; r++) {
      for (int c = 0; c <= r; c++) {
        double sum = m[size * r + c];
        for (int k = 0; k < c; k++) {
          sum -= m[size * r + k] * m[size * c + k];
        }
        if (c < r) {
          m[size * r + c] = sum / m[size * c + c];
        } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
          m[size * r + r] = Math.sqrt(sum);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  private double[] substitute(double[][] factor) {
    double[] x = right.clone();
    for (int k = 0; k < factor.length; k++) {
      for (int r = 0; r < size; r++) {
        double sum = x[size * k + r];
        for (int c = 0; c < r; c++) {
          sum -= factor[k][size * r + c] * x[size * k + c];
        }
        x[size * k + r] = sum / factor[k][size * r + r];
      }
      int[] rows = order.below(k);
      for (int b = 0; b < rows.length; b++) {
        for (int r = 0; r < size; r++) {
          double sum = 0;
          for (int c = 0; c < size; c++) {
            sum += factor[k][(1 + b) * area + size * r + c] * x[size * k + c];
          }
          x[size * rows[b] + r] -= sum;
        }
      }
    }
    for (int k = factor.length - 1; k >= 0; k--) {
      int[] rows = order.below(k);
      for (int b = 0; b < rows.length; b++) {
        for (int c = 0; c < size; c++) {
          double sum = 0;
          for (int r = 0; r < size; r++) {
            sum += factor[k][(1 + b) * area + size * r + c] * x[size * rows[b] + r];
          }
          x[size * k + c] -= sum;
        }
      }
      for (int r = size - 1; r >= 0; r--) {
        double sum = x[size * k + r];
        for (int c = r + 1; c < size; c++) {
          sum -= factor[k][size * c + r] * x[size * k + c];
        }
        x[size * k + r] = sum / factor[k][size * r + r];
      }
    }
    double[] ordered = new double[x.length];
    for (int node = 0; node < factor.length; node++) {
      System.arraycopy(x, size * order.position(node), ordered, size * node, size);
    }
    return ordered;
  }
}
