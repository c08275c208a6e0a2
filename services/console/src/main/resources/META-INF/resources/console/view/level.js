// Which way is up. Scene axes are OpenCV (x right, y down, z forward of the first camera), and a first camera is rarely held level.
// Photographs are rarely rolled, so all cameras' x axes lie near the horizontal plane: up is what is square to them. Where they all
// look one way that leaves a line free, and the mean of the cameras' own up decides.

import { Vector3 } from 'three';

const PRIOR = 0.05;

/** Up in scene axes, unit length. `poses` are row-major 4x4 T_scene_camera. Minimises sum (x_i . u)^2 + PRIOR sum |u + y_i|^2. */
export function upInScene(poses) {
  if (poses.length === 0) return new Vector3(0, -1, 0);
  const n = poses.length;
  const a = [[PRIOR, 0, 0], [0, PRIOR, 0], [0, 0, PRIOR]];
  const b = [0, 0, 0];
  for (const T of poses) {
    const x = [T[0], T[4], T[8]], y = [T[1], T[5], T[9]];
    for (let i = 0; i < 3; i++) {
      b[i] -= PRIOR * y[i] / n;
      for (let j = 0; j < 3; j++) a[i][j] += x[i] * x[j] / n;
    }
  }
  const up = new Vector3(...solve(a, b));
  return up.lengthSq() > 1e-9 ? up.normalize() : new Vector3(0, -1, 0);
}

/** Cramer's rule; `a` is symmetric positive definite. */
function solve(a, b) {
  const det = m => m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
    + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  const d = det(a);
  return [0, 1, 2].map(k => det(a.map((row, i) => row.map((v, j) => j === k ? b[i] : v))) / d);
}
