// Where the cameras were: a path and small frustums for each camera, the newest photograph of all lit.

import { BufferGeometry, Float32BufferAttribute, Group, Line, LineBasicMaterial, LineSegments, Matrix4, Mesh, MeshBasicMaterial, DoubleSide, Vector3 } from 'three';

/** One colour a camera, in the order of their names; a rig of more cameras repeats them. */
export const COLOURS = ['#62d0bd', '#f0b45c', '#8fb3ff', '#e58fc0', '#a8d672', '#f08c74'];

// So many frustums read as a path; more are a hedge.
const MOST_FRUSTUMS = 160;

export class CameraPaths {
  #group; #newest = null; #cameras = 0; #frames = 0;

  constructor(parent) {
    this.#group = new Group();
    parent.add(this.#group);
  }

  get newest() { return this.#newest; }
  get cameras() { return this.#cameras; }
  get frames() { return this.#frames; }
  set visible(yes) { this.#group.visible = yes; }
  get visible() { return this.#group.visible; }

  /** `radius` is the scene's, in scene units; frustums are sized so that neighbours do not overlap much. */
  show(trajectory, radius) {
    this.clear();
    this.#cameras = trajectory.cameras.length;
    trajectory.cameras.forEach(({ frames }, i) => {
      const colour = COLOURS[i % COLOURS.length];
      this.#frames += frames.length;
      const size = frustumSize(frames, radius);
      for (const run of runs(frames)) this.#add(new Line(path(run), new LineBasicMaterial({ color: colour, transparent: true, opacity: 0.85 })));
      const every = Math.ceil(frames.length / MOST_FRUSTUMS);
      const corners = frames.filter((_, k) => k % every === 0).flatMap(frame => outline(frame, size));
      this.#add(new LineSegments(lines(corners), new LineBasicMaterial({ color: colour, transparent: true, opacity: 0.42 })));
      const last = frames.at(-1);
      if (last && (!this.#newest || last.order >= this.#newest.frame.order)) this.#newest = { frame: last, colour, size };
    });
    if (this.#newest) this.#light(this.#newest);
  }

  clear() {
    this.#group.traverse(node => { node.geometry?.dispose(); node.material?.dispose(); });
    this.#group.clear();
    this.#newest = null;
    this.#cameras = this.#frames = 0;
  }

  #add(object) { this.#group.add(object); }

  #light({ frame, size }) {
    const [o, a, b, c, d] = corners(frame, size * 1.6);
    const faces = new BufferGeometry();
    faces.setAttribute('position', new Float32BufferAttribute([o, a, b, o, b, c, o, c, d, o, d, a].flatMap(p => p.toArray()), 3));
    this.#add(new Mesh(faces, new MeshBasicMaterial({ color: '#ffffff', transparent: true, opacity: 0.14, side: DoubleSide, depthWrite: false })));
    this.#add(new LineSegments(lines(outline(frame, size * 1.6)), new LineBasicMaterial({ color: '#ffffff' })));
  }
}

/** A camera's path is broken where a new capture begins: nobody carried it from one to the other. */
function runs(frames) {
  const byCapture = Map.groupBy(frames, frame => frame.capture);
  return [...byCapture.values()].filter(run => run.length > 1);
}

function frustumSize(frames, radius) {
  const steps = frames.slice(1).map((f, i) => centre(f).distanceTo(centre(frames[i]))).filter(s => s > 0).sort((a, b) => a - b);
  const median = steps[steps.length >> 1] ?? radius;
  return Math.min(Math.max(median * 0.8, radius * 0.022), radius * 0.06);
}

export const centre = frame => new Vector3(frame.T_scene_camera[3], frame.T_scene_camera[7], frame.T_scene_camera[11]);
export const forward = frame => new Vector3(frame.T_scene_camera[2], frame.T_scene_camera[6], frame.T_scene_camera[10]);

/** Apex and image corners at depth `size`, scene axes. */
function corners(frame, size) {
  const T = new Matrix4().set(...frame.T_scene_camera);
  const [fx, fy, cx, cy] = frame.K;
  const at = (u, v) => new Vector3((u - cx) / fx * size, (v - cy) / fy * size, size).applyMatrix4(T);
  return [new Vector3().applyMatrix4(T), at(0, 0), at(frame.width, 0), at(frame.width, frame.height), at(0, frame.height)];
}

function outline(frame, size) {
  const [o, a, b, c, d] = corners(frame, size);
  return [o, a, o, b, o, c, o, d, a, b, b, c, c, d, d, a];
}

const path = frames => new BufferGeometry().setFromPoints(frames.map(centre));
const lines = points => new BufferGeometry().setFromPoints(points);
