package io.lite3r.fusion.graph;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A symmetric positive definite system of square blocks of which each block row keeps its blocks
 * from the first that is not zero to the diagonal. Factors by Cholesky within that envelope, where
 * all fill-in stays. A chain costs one block beside the diagonal; a loop of n nodes adds n blocks
 * to one row.
 */
final class BlockSkyline {
  private final int size;
  private final int[] first;
  private final double[][] rows;
  private final double[] right;

  /**
   * @param size edge of a block
   * @param first for each block row, the smallest column it is tied to (at most itself)
   */
  BlockSkyline(int size, int[] first) {
    this.size = size;
    this.first = first.clone();
    rows = new double[first.length][];
    for (int i = 0; i < first.length; i++) {
      rows[i] = new double[(i - first[i] + 1) * size * size];
    }
    right = new double[first.length * size];
  }

  /** Adds {@code weight * left^T right} to the block of row and column, row not before column. */
  void addProduct(int row, int column, double[] left, double[] right, int height, double weight) {
    double[] target = rows[row];
    int at = (column - first[row]) * size * size;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double sum = 0;
        for (int k = 0; k < height; k++) {
          sum += left[size * k + i] * right[size * k + j];
        }
        target[at + size * i + j] += weight * sum;
      }
    }
  }

  /** Adds {@code weight * jacobian^T residual} to the right side. */
  void addRight(int row, double[] jacobian, double[] residual, double weight) {
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int k = 0; k < residual.length; k++) {
        sum += jacobian[size * k + i] * residual[k];
      }
      right[size * row + i] += weight * sum;
    }
  }

  double diagonal(int row, int i) {
    return rows[row][(row - first[row]) * size * size + size * i + i];
  }

  /**
   * The solution for the right side, with every diagonal entry times {@code 1 + damping}; null when
   * the system is not positive definite. The system itself stays as it was.
   */
  double @Nullable [] solve(double damping) {
    int n = rows.length;
    double[][] factor = new double[n][];
    for (int i = 0; i < n; i++) {
      factor[i] = rows[i].clone();
      int diagonal = (i - first[i]) * size * size;
      for (int k = 0; k < size; k++) {
        factor[i][diagonal + size * k + k] *= 1 + damping;
      }
      for (int j = first[i]; j <= i; j++) {
        reduce(factor, i, j);
        if (j < i) {
          forward(factor[j], (j - first[j]) * size * size, factor[i], (j - first[i]) * size * size);
        } else if (!cholesky(factor[i], diagonal)) {
          return null;
        }
      }
    }
    return substitute(factor);
  }

  /** Block (i, j) minus the products of what rows i and j have before column j. */
  private void reduce(double[][] factor, int i, int j) {
    double[] a = factor[i];
    double[] b = factor[j];
    int target = (j - first[i]) * size * size;
    for (int k = Math.max(first[i], first[j]); k < j; k++) {
      int left = (k - first[i]) * size * size;
      int other = (k - first[j]) * size * size;
      for (int r = 0; r < size; r++) {
        for (int c = 0; c < size; c++) {
          double sum = 0;
          for (int m = 0; m < size; m++) {
            sum += a[left + size * r + m] * b[other + size * c + m];
          }
          a[target + size * r + c] -= sum;
        }
      }
    }
  }

  /** X with X L^T = block, in place. */
  private void forward(double[] lower, int at, double[] block, int target) {
    for (int r = 0; r < size; r++) {
      for (int c = 0; c < size; c++) {
        double sum = block[target + size * r + c];
        for (int m = 0; m < c; m++) {
          sum -= block[target + size * r + m] * lower[at + size * c + m];
        }
        block[target + size * r + c] = sum / lower[at + size * c + c];
      }
    }
  }

  private boolean cholesky(double[] m, int at) {
    for (int r = 0; r < size; r++) {
      for (int c = 0; c <= r; c++) {
        double sum = m[at + size * r + c];
        for (int k = 0; k < c; k++) {
          sum -= m[at + size * r + k] * m[at + size * c + k];
        }
        if (c < r) {
          m[at + size * r + c] = sum / m[at + size * c + c];
        } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
          m[at + size * r + r] = Math.sqrt(sum);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  private double[] substitute(double[][] factor) {
    int n = rows.length;
    double[] x = right.clone();
    for (int i = 0; i < n; i++) {
      for (int j = first[i]; j <= i; j++) {
        int at = (j - first[i]) * size * size;
        for (int r = 0; r < size; r++) {
          int end = j < i ? size : r;
          double sum = 0;
          for (int c = 0; c < end; c++) {
            sum += factor[i][at + size * r + c] * x[size * j + c];
          }
          x[size * i + r] -= sum;
          if (j == i) {
            x[size * i + r] /= factor[i][at + size * r + r];
          }
        }
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      int diagonal = (i - first[i]) * size * size;
      for (int r = size - 1; r >= 0; r--) {
        for (int c = r + 1; c < size; c++) {
          x[size * i + r] -= factor[i][diagonal + size * c + r] * x[size * i + c];
        }
        x[size * i + r] /= factor[i][diagonal + size * r + r];
      }
      for (int j = first[i]; j < i; j++) {
        int at = (j - first[i]) * size * size;
        for (int c = 0; c < size; c++) {
          double sum = 0;
          for (int r = 0; r < size; r++) {
            sum += factor[i][at + size * r + c] * x[size * i + r];
          }
          x[size * j + c] -= sum;
        }
      }
    }
    return Arrays.copyOf(x, x.length);
  }
}
