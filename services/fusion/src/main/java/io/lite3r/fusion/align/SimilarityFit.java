package io.lite3r.fusion.align;

import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The similarity between two point sets in closed form: Kabsch's rotation and the symmetric scale,
 * the ratio of the two spreads, so that swapping source and target gives exactly the inverse. The
 * symmetric scale ignores correlation, so outliers must be weighted down first ({@link RobustFit}).
 *
 * @param targetFromSource the similarity
 * @param flatness second singular value of the correlation over the first: below about 1e-6 the
 *     points lie on a line and the turn about it is unknown
 */
public record SimilarityFit(Sim3 targetFromSource, double flatness) {
  /** Points lie on a line when flatness is below this. */
  static final double LINE = 1e-6;

  /** How the scale is read from the points. */
  public enum Scale {
    /** The ratio of the spreads; swapping source and target inverts it exactly. */
    SYMMETRIC,
    /** Umeyama's: least squares in the target. Points that are wrong there do not inflate it. */
    FORWARD
  }

  /** {@link #of(double[], double[], double[], int, Scale)} with the symmetric scale. */
  public static SimilarityFit of(double[] source, double[] target, double[] weight, int count) {
    return of(source, target, weight, count, Scale.SYMMETRIC);
  }

  /**
   * Fits {@code target = s R source + t}.
   *
   * @param source x, y, z of each point
   * @param target x, y, z of each point
   * @throws ArithmeticException when the weights or the spread of either set are zero
   */
  public static SimilarityFit of(
      double[] source, double[] target, double[] weight, int count, Scale kind) {
    double total = 0;
    double[] ms = new double[3];
    double[] mt = new double[3];
    for (int i = 0; i < count; i++) {
      total += weight[i];
      for (int a = 0; a < 3; a++) {
        ms[a] += weight[i] * source[3 * i + a];
        mt[a] += weight[i] * target[3 * i + a];
      }
    }
    if (!(total > 0)) {
      throw new ArithmeticException("no weight, no similarity");
    }
    for (int a = 0; a < 3; a++) {
      ms[a] /= total;
      mt[a] /= total;
    }
    double spreadSource = 0;
    double spreadTarget = 0;
    double[] correlation = new double[9];
    for (int i = 0; i < count; i++) {
      double w = weight[i] / total;
      for (int a = 0; a < 3; a++) {
        double t = target[3 * i + a] - mt[a];
        double s = source[3 * i + a] - ms[a];
        spreadTarget += w * t * t;
        spreadSource += w * s * s;
        for (int b = 0; b < 3; b++) {
          correlation[3 * a + b] += w * t * (source[3 * i + b] - ms[b]);
        }
      }
    }
    if (!(spreadSource > 0 && spreadTarget > 0)) {
      throw new ArithmeticException("all points coincide: no scale");
    }
    double[] singular = new double[3];
    Rotation rotation = nearestRotation(correlation, singular);
    double scale = Math.sqrt(spreadTarget / spreadSource);
    if (kind == Scale.FORWARD) {
      double[] r = rotation.matrix();
      double agreement = 0;
      for (int i = 0; i < 9; i++) {
        agreement += r[i] * correlation[i];
      }
      if (!(agreement > 0)) {
        throw new ArithmeticException("the two sets have nothing in common: no scale");
      }
      scale = agreement / spreadSource;
    }
    Vector3 turned = rotation.apply(new Vector3(ms[0], ms[1], ms[2])).times(scale);
    return new SimilarityFit(
        new Sim3(scale, rotation, new Vector3(mt[0], mt[1], mt[2]).minus(turned)),
        singular[1] / singular[0]);
  }

  /**
   * The rotation nearest to a 3 x 3 matrix given row by row.
   *
   * @param singular receives the matrix's singular values, largest first
   */
  static Rotation nearestRotation(double[] matrix, double[] singular) {
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(3, 3, true, true, false);
    if (!svd.decompose(new DMatrixRMaj(3, 3, true, matrix.clone()))) {
      throw new ArithmeticException("the singular value decomposition did not converge");
    }
    DMatrixRMaj u = svd.getU(null, false);
    DMatrixRMaj v = svd.getV(null, false);
    double[] values = svd.getSingularValues().clone();
    Integer[] order = {0, 1, 2};
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    for (int i = 0; i < 3; i++) {
      singular[i] = values[order[i]];
    }
    // Of the two orthogonal matrices that are nearest, take the one that is no mirror.
    double handed = determinant(u) * determinant(v) < 0 ? -1 : 1;
    double[] r = new double[9];
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        for (int k = 0; k < 3; k++) {
          int column = order[k];
          r[3 * a + b] += (k == 2 ? handed : 1) * u.get(a, column) * v.get(b, column);
        }
      }
    }
    return Rotation.ofMatrix(r);
  }

  private static double determinant(DMatrixRMaj m) {
    return m.get(0, 0) * (m.get(1, 1) * m.get(2, 2) - m.get(1, 2) * m.get(2, 1))
        - m.get(0, 1) * (m.get(1, 0) * m.get(2, 2) - m.get(1, 2) * m.get(2, 0))
        + m.get(0, 2) * (m.get(1, 0) * m.get(2, 1) - m.get(1, 1) * m.get(2, 0));
  }
}
