// Where to stand to see the scene: behind and above the cameras, looking the way they look, far enough to see nearly all of it.

import { Vector3 } from 'three';

/**
 * Weighted range of the tiles in scene axes, trimmed so that a few stray tiles do not push the viewer away.
 * Returns { centre, radius } or null when there is nothing to see.
 */
export function extent(tiles, cameraCentres) {
  const boxes = tiles.filter(t => t.triangles > 0);
  const points = boxes.length
    ? boxes.map(t => ({ at: middle(t.box), weight: t.triangles, half: diagonal(t.box) / 2 }))
    : cameraCentres.map(at => ({ at, weight: 1, half: 0 }));
  if (points.length === 0) return null;
  const low = [], high = [];
  for (let axis = 0; axis < 3; axis++) {
    const sorted = points.toSorted((p, q) => p.at[axis] - q.at[axis]);
    low[axis] = quantile(sorted, axis, 0.03);
    high[axis] = quantile(sorted, axis, 0.97);
  }
  const half = Math.max(...points.map(p => p.half));
  const centre = new Vector3(...low.map((v, i) => (v + high[i]) / 2));
  const radius = Math.hypot(...low.map((v, i) => (high[i] - v) / 2)) + half * 0.5;
  return { centre, radius: Math.max(radius, 1e-3) };
}

function quantile(sorted, axis, q) {
  const total = sorted.reduce((sum, p) => sum + p.weight, 0);
  let seen = 0;
  for (const p of sorted) {
    seen += p.weight;
    if (seen >= q * total) return p.at[axis];
  }
  return sorted.at(-1).at[axis];
}

const middle = box => box.min.map((v, i) => (v + box.max[i]) / 2);
const diagonal = box => Math.hypot(...box.min.map((v, i) => box.max[i] - v));

/** Where the eye goes, in world axes (y up): `forward` is the mean of the cameras' viewing directions. */
export function standpoint(centre, radius, forward, camera) {
  const vertical = camera.fov * Math.PI / 360;
  const narrow = Math.min(vertical, Math.atan(Math.tan(vertical) * camera.aspect));
  const flat = new Vector3(forward.x, 0, forward.z);
  if (flat.lengthSq() < 0.01) flat.set(0, 0, -1);
  flat.normalize();
  const lift = 0.42; // about 24 degrees above the horizon: the floor reads as a floor
  const away = flat.multiplyScalar(-Math.cos(lift)).add(new Vector3(0, Math.sin(lift), 0));
  return away.multiplyScalar(radius * 0.92 / Math.sin(narrow)).add(centre);
}
