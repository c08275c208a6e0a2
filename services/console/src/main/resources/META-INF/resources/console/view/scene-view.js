// The 3D view: loads the newest version of the scene on show and lets a person look around in it. It draws only when something
// changed, because the machine that shows the scene is often the one that makes it.

import { Group, Matrix4, PerspectiveCamera, Quaternion, Scene, Vector3, WebGLRenderer } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import * as api from '../api.js';
import { plural } from '../format.js';
import { showNoWebGl } from '../panels/notice.js';
import { showPhoto } from '../panels/photo.js';
import { CameraPaths, COLOURS, centre, forward } from './cameras.js';
import { boxCorners, fit } from './fit.js';
import { Flight } from './flight.js';
import { upInScene } from './level.js';
import { Surface } from './surface.js';
import { tools } from './tools.js';

const SAMPLES = 4000;
const CAMERAS_WEIGH = 0.06;
const UP = new Vector3(0, 1, 0);

export function openView(host) {
  const canvas = host.querySelector('canvas');
  let renderer;
  try {
    renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
  } catch {
    canvas.dataset.state = 'no-webgl';
    showNoWebGl();
    return { show: scene => caption(scene) };
  }
  return new SceneView(host, canvas, renderer);
}

class SceneView {
  #canvas; #renderer; #scene = new Scene(); #root = new Group(); #camera = new PerspectiveCamera(50, 1, 0.01, 1000);
  #controls; #surface; #paths; #flight; #tools;
  #on = null; #wanted = null; #busy = false; #touched = false; #fitted = null; #trajectory = { cameras: [] };
  #dirty = true; #last = 0; #software;

  constructor(host, canvas, renderer) {
    this.#software = drawsInSoftware(renderer);
    const calm = this.#software || matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#canvas = canvas;
    this.#renderer = renderer;
    renderer.setPixelRatio(this.#software ? 1 : Math.min(devicePixelRatio, 2));
    this.#scene.add(this.#root);
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.enableDamping = !calm;
    this.#controls.autoRotateSpeed = 0.35;
    this.#controls.addEventListener('change', () => this.#invalidate());
    this.#controls.addEventListener('start', () => { this.#touched = true; this.#flight.stop(); });
    this.#surface = new Surface(this.#root, () => this.#invalidate(), calm);
    this.#paths = new CameraPaths(this.#root);
    this.#flight = new Flight(this.#camera, this.#controls, calm);
    this.#tools = tools(canvas, this.#controls, {
      fit: () => { this.#touched = false; this.#fit(this.#look(this.#points())); },
      newest: () => this.#lookFromNewest(),
      cameras: () => { this.#paths.visible = !this.#paths.visible; this.#invalidate(); return this.#paths.visible; },
      turn: () => { this.#controls.autoRotate = !this.#controls.autoRotate; this.#invalidate(); return this.#controls.autoRotate; },
      touched: () => { this.#touched = true; this.#flight.stop(); },
    });
    new ResizeObserver(() => this.#resize(host)).observe(host);
    canvas.addEventListener('webglcontextlost', event => { event.preventDefault(); canvas.dataset.state = 'context-lost'; });
    canvas.addEventListener('webglcontextrestored', () => { canvas.dataset.state = 'ready'; this.#invalidate(); });
    renderer.setAnimationLoop(now => this.#frame(now));
  }

  /** Shows this scene's newest version; null clears the view. Calls while one loads are folded into one. */
  show(summary) {
    caption(summary);
    this.#tools.hidden = !summary?.version;
    if (summary?.scene !== this.#on) this.#leave(summary?.scene ?? null);
    if (!summary?.version) return;
    this.#wanted = summary;
    if (!this.#busy) this.#load();
  }

  #leave(scene) {
    this.#on = scene;
    this.#wanted = null;
    this.#touched = false;
    this.#fitted = null;
    this.#trajectory = { cameras: [] };
    this.#surface.clear();
    this.#paths.clear();
    legend(this.#trajectory);
    showPhoto(scene, null);
    this.#publish('empty', 0);
    this.#invalidate();
  }

  async #load() {
    this.#busy = true;
    while (this.#wanted && Number(this.#canvas.dataset.version) !== this.#wanted.version) {
      const { scene, version } = this.#wanted;
      const stillWanted = () => this.#on === scene;
      try {
        this.#canvas.dataset.state = 'loading';
        const [manifest, trajectory] = await Promise.all([api.manifest(scene, version), api.trajectory(scene, version)]);
        if (!stillWanted()) continue;
        const tiles = manifest.tiles.map(t => ({ id: t.id, min: t.min, max: t.max, triangles: t.triangles, sha256: t.mesh.sha256 }));
        this.#trajectory = ordered(trajectory);
        this.#level();
        this.#fitAsItGrows(tiles.length ? boxCorners(tiles) : this.#points());
        this.#paths.show(this.#trajectory, this.#fitted?.radius ?? 1);
        legend(this.#trajectory);
        showPhoto(scene, this.#paths.newest?.frame);
        await this.#surface.show(scene, tiles, stillWanted);
        if (!stillWanted()) continue;
        this.#fitAsItGrows(this.#points());
        this.#publish('ready', version);
      } catch (problem) {
        if (!stillWanted()) continue;
        // A version can be replaced or forgotten while it loads; the next event brings the next try.
        console.warn(`version ${version} of ${scene} could not be shown: ${problem.message}`);
        this.#canvas.dataset.state = 'failed';
        break;
      }
    }
    this.#busy = false;
  }

  /** Turns the scene upright about the first camera; a person's view of it is not moved under them. */
  #level() {
    if (this.#touched) return;
    const up = upInScene(this.#trajectory.cameras.flatMap(c => c.frames.map(f => f.T_scene_camera)));
    const flip = new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), Math.PI);
    const level = new Quaternion().setFromUnitVectors(up.applyQuaternion(flip), UP);
    this.#root.quaternion.copy(level.multiply(flip));
    this.#root.updateMatrixWorld(true);
  }

  #look(points) {
    const frames = this.#trajectory.cameras.flatMap(t => t.frames);
    const ahead = frames.reduce((sum, f) => sum.add(forward(f)), new Vector3());
    if (ahead.length() < 0.3 * frames.length && frames.length) ahead.copy(forward(frames[0]));
    return fit(points.map(point => this.#root.localToWorld(point)), ahead.applyQuaternion(this.#root.quaternion).normalize(), this.#camera);
  }

  /** Follows a scene that outgrows the view, unless a person has taken the view in hand. */
  #fitAsItGrows(points) {
    const look = this.#look(points);
    if (!look) return;
    const last = this.#fitted;
    const grown = !last || Math.abs(look.radius / last.radius - 1) > 0.1 || look.target.distanceTo(last.target) > look.radius * 0.1;
    if (!this.#touched && grown) this.#fit(look, !last);
  }

  #fit(look, atOnce = false) {
    if (!look) return;
    this.#fitted = look;
    this.#camera.near = look.radius / 500;
    this.#camera.far = look.radius * 60;
    this.#camera.updateProjectionMatrix();
    this.#flight.to(look.eye, look.target, atOnce);
    this.#invalidate();
  }

  /** What is to be seen, in scene axes: the surface, and the cameras with so much weight that most of them are in view. */
  #points() {
    const surface = this.#surface.sample(SAMPLES);
    const cameras = this.#trajectory.cameras.flatMap(c => c.frames.map(centre));
    const each = cameras.length ? Math.ceil(CAMERAS_WEIGH * surface.length / cameras.length) : 0;
    for (let i = 0; i < each; i++) surface.push(...cameras.map(point => point.clone()));
    return surface.length ? surface : cameras;
  }

  #lookFromNewest() {
    const newest = this.#paths.newest;
    if (!newest || !this.#fitted) return;
    const eye = centre(newest.frame), ahead = forward(newest.frame).multiplyScalar(this.#fitted.radius * 0.5);
    this.#touched = true;
    this.#flight.to(this.#root.localToWorld(eye.clone()), this.#root.localToWorld(eye.add(ahead)), false);
    this.#invalidate();
  }

  #resize(host) {
    const { clientWidth: width, clientHeight: height } = host;
    if (!width || !height) return;
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
    if (!this.#touched) this.#fit(this.#look(this.#points()), true);
    this.#invalidate();
  }

  #invalidate() { this.#dirty = true; }

  #frame(now) {
    const seconds = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    const flying = this.#flight.animate(seconds);
    const moved = this.#controls.update(seconds);
    const arriving = this.#surface.animate(seconds);
    const still = !this.#dirty && !moved && !arriving && !flying;
    if (this.#canvas.dataset.moving !== String(!still)) this.#canvas.dataset.moving = !still;
    if (still || (this.#software && this.#busy && !moved && !flying)) return;
    this.#dirty = false;
    this.#renderer.render(this.#scene, this.#camera);
  }

  /** What is on show, for tests and the curious. */
  #publish(state, version) {
    Object.assign(this.#canvas.dataset, {
      state, version, scene: this.#on ?? '', tiles: this.#surface.tiles.length, triangles: this.#surface.triangles,
      cameras: this.#paths.cameras, frames: this.#paths.frames,
    });
  }
}

/** Without a graphics card every picture takes time from whatever makes the scene: then a version is drawn once, when it is whole. */
function drawsInSoftware(renderer) {
  const gl = renderer.getContext();
  const told = gl.getExtension('WEBGL_debug_renderer_info');
  return Boolean(told) && /swiftshader|llvmpipe|software|basic render/i.test(gl.getParameter(told.UNMASKED_RENDERER_WEBGL));
}

/** Numbers frames across cameras by capture time, so that "newest" has one meaning. */
function ordered(trajectory) {
  const all = trajectory.cameras.flatMap(({ camera, frames }) => frames.map(frame => Object.assign(frame, { camera })));
  all.toSorted((a, b) => a.window - b.window || a.time_ms - b.time_ms || a.sequence - b.sequence).forEach((frame, i) => { frame.order = i; });
  return trajectory;
}

function caption(summary) {
  const box = document.getElementById('caption');
  box.hidden = !summary?.version;
  if (box.hidden) return;
  document.getElementById('caption-name').textContent = summary.scene;
  document.getElementById('caption-version').textContent =
    `version ${summary.version} · ${plural(summary.frames, 'frame')}${summary.past ? ' · a past version' : summary.closed_captures.length ? ' · complete' : ''}`;
}

function legend({ cameras }) {
  const box = document.getElementById('legend');
  box.hidden = cameras.length < 2;
  box.replaceChildren(...cameras.map(({ camera, frames }, i) => {
    const row = document.createElement('span');
    const line = document.createElement('i');
    line.style.background = COLOURS[i % COLOURS.length];
    row.append(`${camera} ${frames.length}`, line);
    return row;
  }));
}
