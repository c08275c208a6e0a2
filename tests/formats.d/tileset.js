// A tileset against the rules of 3D Tiles 1.1 that viewers rely on: required properties, contents that exist, errors that shrink and boxes
// that shrink from parent to child. CesiumGS's 3d-tiles-validator is asked, too, where it is installed beside (npm does not have it
// everywhere). Called by tests/formats.
const fs = require('fs');
const path = require('path');

const file = process.argv[2];
const tileset = JSON.parse(fs.readFileSync(file));
const problems = [];
let tiles = 0;
let contents = 0;
let deepest = 0;

function corners([cx, cy, cz, ...h]) {
  const all = [];
  for (const a of [-1, 1]) for (const b of [-1, 1]) for (const c of [-1, 1]) {
    all.push([cx + a * h[0] + b * h[3] + c * h[6], cy + a * h[1] + b * h[4] + c * h[7], cz + a * h[2] + b * h[5] + c * h[8]]);
  }
  return all;
}

// The boxes here are along the axes.
const inside = (p, [cx, cy, cz, hx, , , , hy, , , , hz]) => [[p[0], cx, hx], [p[1], cy, hy], [p[2], cz, hz]]
  .every(([x, c, h]) => Math.abs(x - c) <= h * (1 + 1e-9) + 1e-9);

/** Bounds of a GLB's positions, as a viewer turns them: y up to z up. */
function bounds(glb) {
  const bytes = fs.readFileSync(glb);
  const json = JSON.parse(bytes.subarray(20, 20 + bytes.readUInt32LE(12)));
  const { min, max } = json.accessors[json.meshes[0].primitives[0].attributes.POSITION];
  return [[min[0], -max[2], min[1]], [max[0], -min[2], max[1]]];
}

function visit(tile, parent, depth) {
  const name = tile.content ? tile.content.uri : `tile without content at depth ${depth}`;
  tiles++;
  deepest = Math.max(deepest, depth);
  const box = tile.boundingVolume && tile.boundingVolume.box;
  if (!Array.isArray(box) || box.length !== 12 || !box.every(Number.isFinite)) problems.push(`${name}: no box of 12 numbers`);
  if (!(tile.geometricError >= 0)) problems.push(`${name}: geometric error ${tile.geometricError}`);
  if (parent && tile.geometricError > parent.geometricError) problems.push(`${name}: its error is larger than its parent's`);
  if (parent && !corners(box).every(p => inside(p, parent.boundingVolume.box))) problems.push(`${name}: its box leaves its parent's`);
  if (!parent && !['ADD', 'REPLACE'].includes(tile.refine)) problems.push('the root does not say how it refines');
  if (tile.content && tile.content.uri.endsWith('.json')) {
    // A part is a tileset of its own, and its root stands where it is named.
    const part = JSON.parse(fs.readFileSync(path.join(path.dirname(file), tile.content.uri)));
    if (part.asset.version !== '1.1') problems.push(`${name}: version ${part.asset.version}`);
    if (!['ADD', 'REPLACE'].includes(part.root.refine)) problems.push(`${name}: its root does not say how it refines`);
    if (tile.children && tile.children.length) problems.push(`${name}: children beside a tileset`);
    tiles--;
    visit(part.root, tile, depth);
    return;
  }
  if (!(tile.children && tile.children.length) && tile.geometricError !== 0) problems.push(`${name}: a leaf with an error`);
  if (tile.content) {
    contents++;
    const glb = path.join(path.dirname(file), tile.content.uri);
    if (!fs.existsSync(glb)) problems.push(`${name}: no such file`);
    else if (!bounds(glb).every(p => inside(p, box))) problems.push(`${name}: its content leaves its box`);
  }
  (tile.children || []).forEach(child => visit(child, tile, depth + 1));
}

if (tileset.asset.version !== '1.1') problems.push(`version ${tileset.asset.version}`);
if (!(tileset.geometricError >= 0)) problems.push('the tileset has no geometric error');
visit(tileset.root, null, 0);

(async () => {
  let also = '3d-tiles-validator is not installed';
  try {
    const { Validators } = require('3d-tiles-validator');
    const result = await Validators.validateTilesetFile(file);
    also = `3d-tiles-validator: ${result.numErrors} errors`;
    if (result.numErrors > 0) problems.push(result.serialize());
  } catch (e) {
    if (e.code !== 'MODULE_NOT_FOUND') throw e;
  }
  problems.slice(0, 10).forEach(p => console.log(p));
  console.log(`${tiles} tiles, ${contents} with content, ${deepest} levels below the root, ${problems.length} problems; ${also}`);
  process.exit(problems.length ? 1 : 0);
})();
