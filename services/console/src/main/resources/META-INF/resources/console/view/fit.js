// Where to stand to see the scene: behind and above the cameras, looking the way they look, just far enough to see nearly all of it.

import { Vector3 } from 'three';

// The share of the points on each side that may be out of view, so that a few stray ones do not push the viewer away.
const STRAY = 0.015;
// The eye is above the scene by this angle, radians: a floor reads as a floor.
const LIFT = 0.42;
// The share of the picture left free at its edges, where captions are.
const MARGIN = 0.12;

/**
 * The view of `points`; all in world axes (y up). `forward` is the mean of the cameras' viewing directions.
 * Returns { eye, target, radius } or null when there is nothing to see.
 */
export function fit(points, forward, camera) {
  if (points.length === 0) return null;
  const ahead = new Vector3(forward.x, 0, forward.z);
  if (ahead.lengthSq() < 0.01) ahead.set(0, 0, -1);
  ahead.normalize().multiplyScalar(Math.cos(LIFT)).y = -Math.sin(LIFT);
  const right = new Vector3().crossVectors(ahead, new Vector3(0, 1, 0)).normalize();
  const up = new Vector3().crossVectors(right, ahead);
  const axes = [right, up, ahead];
  const ranges = axes.map(axis => range(points.map(point => point.dot(axis))));
  const target = axes.reduce((sum, axis, i) => sum.addScaledVector(axis, (ranges[i][0] + ranges[i][1]) / 2), new Vector3());
  const [w, h, d] = ranges.map(([low, high]) => (high - low) / 2);
  const tall = Math.tan(camera.fov * Math.PI / 360) * (1 - MARGIN), wide = tall * camera.aspect;
  // Points spread over the box, so its near corners are rarely filled: half its depth is counted.
  const distance = Math.max(w / wide, h / tall) + d / 2;
  const radius = Math.max(Math.hypot(w, h, d), 1e-3);
  return { eye: target.clone().addScaledVector(ahead, -Math.max(distance, 0.1 * radius)), target, radius };
}

function range(values) {
  values.sort((a, b) => a - b);
  const at = q => values[Math.round(q * (values.length - 1))];
  return [at(STRAY), at(1 - STRAY)];
}

/** The corners of the tiles' boxes, scene axes: all that is known of a surface before it is loaded. */
export const boxCorners = tiles => tiles.flatMap(({ min, max }) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map(k => new Vector3(...min.map((v, i) => (k >> i & 1 ? max[i] : v)))));
