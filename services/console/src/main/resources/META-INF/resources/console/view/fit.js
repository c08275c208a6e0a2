// Where to stand to see the scene: behind and above the cameras, looking the way they look, far enough to see nearly all of it.

import { Vector3 } from 'three';

// The share of the surface on each side that may be out of view.
const STRAY = 0.03;

/**
 * Weighted range of the tiles in scene axes, trimmed so that a few stray tiles do not push the viewer away.
 * Returns { centre, radius } or null when there is nothing to see.
 */
export function extent(tiles, cameraCentres) {
  const boxes = tiles.filter(tile => tile.triangles > 0).map(tile => ({ ...tile.box, weight: tile.triangles }));
  const things = boxes.length ? boxes : cameraCentres.map(at => ({ min: at, max: at, weight: 1 }));
  if (things.length === 0) return null;
  const low = [0, 1, 2].map(axis => quantile(things, thing => thing.min[axis], STRAY));
  const high = [0, 1, 2].map(axis => quantile(things, thing => thing.max[axis], 1 - STRAY));
  const centre = new Vector3(...low.map((v, i) => (v + high[i]) / 2));
  const radius = Math.hypot(...low.map((v, i) => (high[i] - v) / 2));
  return { centre, radius: Math.max(radius, 1e-3) };
}

function quantile(things, value, q) {
  const sorted = things.toSorted((p, r) => value(p) - value(r));
  const wanted = q * things.reduce((sum, thing) => sum + thing.weight, 0);
  let seen = 0;
  for (const thing of sorted) {
    seen += thing.weight;
    if (seen >= wanted) return value(thing);
  }
  return value(sorted.at(-1));
}

/** Where the eye goes, in world axes (y up): `forward` is the mean of the cameras' viewing directions. */
export function standpoint(centre, radius, forward, camera) {
  const vertical = camera.fov * Math.PI / 360;
  const narrow = Math.min(vertical, Math.atan(Math.tan(vertical) * camera.aspect));
  const flat = new Vector3(forward.x, 0, forward.z);
  if (flat.lengthSq() < 0.01) flat.set(0, 0, -1);
  flat.normalize();
  const lift = 0.42; // about 24 degrees above the horizon: the floor reads as a floor
  const away = flat.multiplyScalar(-Math.cos(lift)).add(new Vector3(0, Math.sin(lift), 0));
  return away.multiplyScalar(radius * 0.85 / Math.sin(narrow)).add(centre);
}
