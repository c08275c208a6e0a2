// The surface: one mesh a tile, vertex colours, only changed tiles fetched. A tile that arrives glows for a moment and fades in over
// the one it replaces, so that a living scene is calm to look at.

import { FrontSide, Mesh, MeshBasicMaterial, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { tileUrl } from '../api.js';

const AT_ONCE = 5; // of the six connections that a browser opens to a host; the events have one
const ARRIVAL_S = 0.9;

export class Surface {
  #group; #invalidate; #loader = new GLTFLoader(); #tiles = new Map(); #arriving = new Set(); #calm;

  constructor(group, invalidate, calm) {
    this.#group = group;
    this.#invalidate = invalidate;
    this.#calm = calm;
  }

  get tiles() { return [...this.#tiles.values()].map(t => t.entry); }
  get triangles() { return this.tiles.reduce((sum, entry) => sum + entry.triangles, 0); }

  /** About `n` vertices of what is on show, spread evenly, scene axes. */
  sample(n) {
    const meshes = [];
    for (const { object } of this.#tiles.values()) object.traverse(node => { if (node instanceof Mesh) meshes.push(node.geometry.attributes.position); });
    const step = Math.max(1, Math.ceil(meshes.reduce((sum, p) => sum + p.count, 0) / n));
    const points = [];
    for (const position of meshes) for (let i = 0; i < position.count; i += step) points.push(new Vector3().fromBufferAttribute(position, i));
    return points;
  }

  /** Makes the group show these tiles of the manifest; `stillWanted()` false abandons the rest. */
  async show(scene, entries, stillWanted) {
    const wanted = new Map(entries.map(entry => [entry.id, entry]));
    for (const [id, tile] of this.#tiles) if (!wanted.has(id)) this.#remove(id, tile);
    const changed = entries.filter(entry => this.#tiles.get(entry.id)?.entry.sha256 !== entry.sha256);
    const worker = async () => {
      for (let entry; stillWanted() && (entry = changed.shift());) {
        const gltf = await this.#loader.loadAsync(tileUrl(scene, entry.sha256));
        if (!stillWanted()) return dispose(gltf.scene);
        this.#replace(entry, gltf.scene);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  clear() {
    for (const [id, tile] of this.#tiles) this.#remove(id, tile);
    for (const arrival of this.#arriving) this.#settle(arrival);
    this.#invalidate();
  }

  #replace(entry, object) {
    const before = this.#tiles.get(entry.id);
    object.traverse(node => {
      if (node instanceof Mesh) node.material = new MeshBasicMaterial({ vertexColors: true, side: FrontSide });
    });
    this.#group.add(object);
    this.#tiles.set(entry.id, { entry, object });
    const arrival = { object, before: before?.object, age: 0 };
    if (this.#calm) this.#settle(arrival); else this.#arriving.add(arrival);
    this.#invalidate();
  }

  #remove(id, tile) {
    this.#tiles.delete(id);
    this.#group.remove(tile.object);
    dispose(tile.object);
    this.#invalidate();
  }

  /** Moves arrivals on by `seconds`; true while there are any. */
  animate(seconds) {
    for (const arrival of this.#arriving) {
      arrival.age += seconds;
      const t = Math.min(1, arrival.age / ARRIVAL_S);
      paint(arrival.object, arrival.before ? 1 : Math.min(1, t * 1.6), 1 + 0.45 * (1 - t) ** 2);
      if (t === 1) this.#settle(arrival);
    }
    return this.#arriving.size > 0;
  }

  #settle(arrival) {
    this.#arriving.delete(arrival);
    paint(arrival.object, 1, 1);
    if (arrival.before) {
      this.#group.remove(arrival.before);
      dispose(arrival.before);
    }
  }
}

function paint(object, opacity, glow) {
  object.traverse(node => {
    if (!(node instanceof Mesh)) return;
    if (node.material.transparent !== opacity < 1) {
      node.material.transparent = opacity < 1;
      node.material.needsUpdate = true;
    }
    node.material.opacity = opacity;
    node.material.color.setScalar(glow);
  });
}

function dispose(object) {
  object.traverse(node => {
    if (!(node instanceof Mesh)) return;
    node.geometry.dispose();
    node.material.dispose();
  });
}
