package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.DepthField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The smooth field that a view's depth is to be multiplied with so that it passes through its
 * corners, whose depth other views say. A model's depth is wrong in scale and bent over the image,
 * but fine in detail. Neighbouring nodes are tied to each other, the more loosely the better
 * corners say otherwise: with few corners the field is a scale, with some it tilts, with many it
 * bends. Cauchy's weights take out corners that were found wrongly and those at edges, where the
 * pixel beside has another depth.
 */
final class DepthFit {
  static final int COLUMNS = 5;
  static final int ROWS = 4;
  private static final int NODES = COLUMNS * ROWS;

  /** Fewer corners are luck. */
  private static final int FEWEST = 12;

  /** A corner counts when its depth is known to 14 %. */
  private static final double SURE = 50;

  /** What a model's depth at one pixel is good for, logarithm, besides what bends smoothly. */
  private static final double GRAIN = 0.05;

  /** How much the logarithm of a model's scale changes from node to node. */
  private static final double BEND = 0.05;

  /** Deviations are not taken to be smaller. */
  private static final double FINEST = 0.02;

  private static final double SIGMA_OF_MEDIAN = 1.4826;
  private static final int STEPS = 8;

  private final double width;
  private final double height;
  private final List<double[]> samples = new ArrayList<>();

  DepthFit(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /**
   * A corner whose depth is known.
   *
   * @param model what the depth map says there
   * @param depth what other views say
   * @param information of the logarithm of the latter
   */
  void add(double x, double y, double model, double depth, double information) {
    if (model > 0 && depth > 0 && information > SURE) {
      samples.add(
          new double[] {x, y, Math.log(depth / model), 1 / (1 / information + GRAIN * GRAIN)});
    }
  }

  /** Flat, with a factor of one, when too few corners say anything. */
  DepthField field() {
    int n = samples.size();
    double[] log = new double[NODES];
    if (n >= FEWEST) {
      double[] residual = samples.stream().mapToDouble(s -> s[2]).toArray();
      double middle = Quantile.median(residual.clone(), n);
      Arrays.fill(log, middle);
      for (int step = 0; step < STEPS; step++) {
        double[] size = new double[n];
        for (int i = 0; i < n; i++) {
          size[i] = Math.abs(samples.get(i)[2] - at(log, samples.get(i)));
        }
        double sigma = Math.max(FINEST, SIGMA_OF_MEDIAN * Quantile.median(size.clone(), n));
        log = solve(size, sigma);
      }
    }
    List<Double> gain = new ArrayList<>(Collections.nCopies(NODES, 1.0));
    for (int i = 0; i < NODES; i++) {
      gain.set(i, Math.exp(log[i]));
    }
    return new DepthField(COLUMNS, ROWS, gain);
  }

  private double[] solve(double[] size, double sigma) {
    double[] matrix = new double[NODES * NODES];
    double[] right = new double[NODES];
    double[] share = new double[4];
    int[] node = new int[4];
    for (int i = 0; i < size.length; i++) {
      double[] sample = samples.get(i);
      double q = size[i] / (2 * sigma);
      double weight = sample[3] / (1 + q * q);
      nodes(sample, node, share);
      for (int a = 0; a < 4; a++) {
        right[node[a]] += weight * share[a] * sample[2];
        for (int b = 0; b < 4; b++) {
          matrix[node[a] * NODES + node[b]] += weight * share[a] * share[b];
        }
      }
    }
    double tie = 1 / (BEND * BEND);
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        int i = row * COLUMNS + column;
        matrix[i * NODES + i] += 1e-9;
        if (column + 1 < COLUMNS) {
          tie(matrix, i, i + 1, tie);
        }
        if (row + 1 < ROWS) {
          tie(matrix, i, i + COLUMNS, tie);
        }
      }
    }
    if (!Cholesky.solve(matrix, right, NODES)) {
      throw new ArithmeticException("the nodes of a depth field are tied and have a solution");
    }
    return right;
  }

  private static void tie(double[] matrix, int i, int j, double weight) {
    matrix[i * NODES + i] += weight;
    matrix[j * NODES + j] += weight;
    matrix[i * NODES + j] -= weight;
    matrix[j * NODES + i] -= weight;
  }

  private double at(double[] log, double[] sample) {
    double[] share = new double[4];
    int[] node = new int[4];
    nodes(sample, node, share);
    double sum = 0;
    for (int a = 0; a < 4; a++) {
      sum += share[a] * log[node[a]];
    }
    return sum;
  }

  /** The four nodes about a sample and their shares. */
  private void nodes(double[] sample, int[] node, double[] share) {
    double u = sample[0] / width * (COLUMNS - 1);
    double v = sample[1] / height * (ROWS - 1);
    int column = Math.clamp((int) u, 0, COLUMNS - 2);
    int row = Math.clamp((int) v, 0, ROWS - 2);
    double a = u - column;
    double b = v - row;
    for (int k = 0; k < 4; k++) {
      node[k] = (row + k / 2) * COLUMNS + column + k % 2;
      share[k] = (k % 2 == 0 ? 1 - a : a) * (k / 2 == 0 ? 1 - b : b);
    }
  }
}
