package io.lite3r.geometry;

/** Small square matrices, row by row. */
final class MatrixN {
  private MatrixN() {}

  static double[] identity(int n) {
    double[] m = new double[n * n];
    for (int i = 0; i < n; i++) {
      m[n * i + i] = 1;
    }
    return m;
  }

  static double[] times(double[] a, double[] b, int n) {
    double[] c = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double f = a[n * i + k];
        if (f != 0) {
          for (int j = 0; j < n; j++) {
            c[n * i + j] += f * b[n * k + j];
          }
        }
      }
    }
    return c;
  }

  /** By Gauss and Jordan with the largest pivot of each column; throws when there is none. */
  static double[] inverse(double[] matrix, int n) {
    double[] m = matrix.clone();
    double[] inverse = identity(n);
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int row = column + 1; row < n; row++) {
        if (Math.abs(m[n * row + column]) > Math.abs(m[n * pivot + column])) {
          pivot = row;
        }
      }
      if (!(Math.abs(m[n * pivot + column]) > 0)) {
        throw new ArithmeticException("a matrix without inverse");
      }
      swap(m, n, pivot, column);
      swap(inverse, n, pivot, column);
      double f = 1 / m[n * column + column];
      for (int j = 0; j < n; j++) {
        m[n * column + j] *= f;
        inverse[n * column + j] *= f;
      }
      for (int row = 0; row < n; row++) {
        double g = m[n * row + column];
        if (row != column && g != 0) {
          for (int j = 0; j < n; j++) {
            m[n * row + j] -= g * m[n * column + j];
            inverse[n * row + j] -= g * inverse[n * column + j];
          }
        }
      }
    }
    return inverse;
  }

  private static void swap(double[] m, int n, int a, int b) {
    for (int j = 0; a != b && j < n; j++) {
      double kept = m[n * a + j];
      m[n * a + j] = m[n * b + j];
      m[n * b + j] = kept;
    }
  }
}
