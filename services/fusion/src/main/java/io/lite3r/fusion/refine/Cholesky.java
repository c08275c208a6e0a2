package io.lite3r.fusion.refine;

/** Small dense symmetric systems. */
final class Cholesky {
  private Cholesky() {}

  /**
   * Solves in place; the matrix becomes its factor, the right side the solution.
   *
   * @param a n x n, row by row; its lower half is read
   * @return false when the matrix is not positive definite
   */
  static boolean solve(double[] a, double[] b, int n) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= a[i * n + k] * a[j * n + k];
        }
        if (j < i) {
          a[i * n + j] = sum / a[j * n + j];
        } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
          a[i * n + i] = Math.sqrt(sum);
        } else {
          return false;
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        b[i] -= a[i * n + k] * b[k];
      }
      b[i] /= a[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        b[i] -= a[k * n + i] * b[k];
      }
      b[i] /= a[i * n + i];
    }
    return true;
  }
}
