// A short, eased flight of the viewer from where they stand to where they asked to be.

import { Vector3 } from 'three';

const SECONDS = 0.8;

export class Flight {
  #camera; #controls; #calm; #leg = null;

  constructor(camera, controls, calm) {
    this.#camera = camera;
    this.#controls = controls;
    this.#calm = calm;
  }

  to(eye, target, atOnce) {
    if (atOnce || this.#calm) {
      this.#leg = null;
      this.#camera.position.copy(eye);
      this.#controls.target.copy(target);
      return;
    }
    this.#leg = { age: 0, eye, target, fromEye: this.#camera.position.clone(), fromTarget: this.#controls.target.clone() };
  }

  stop() { this.#leg = null; }

  /** True while under way. */
  animate(seconds) {
    const leg = this.#leg;
    if (!leg) return false;
    leg.age += seconds;
    const t = Math.min(1, leg.age / SECONDS);
    const s = t * t * (3 - 2 * t);
    this.#camera.position.lerpVectors(leg.fromEye, leg.eye, s);
    this.#controls.target.lerpVectors(leg.fromTarget, leg.target, s);
    if (t === 1) this.#leg = null;
    return true;
  }
}

/** Turns `camera` around `target` by angles in radians, as a drag would. */
export function orbit(camera, target, around, over) {
  const offset = new Vector3().subVectors(camera.position, target);
  const radius = offset.length();
  const azimuth = Math.atan2(offset.x, offset.z) + around;
  const polar = Math.min(Math.PI - 0.05, Math.max(0.05, Math.acos(offset.y / radius) + over));
  offset.set(Math.sin(polar) * Math.sin(azimuth), Math.cos(polar), Math.sin(polar) * Math.cos(azimuth)).multiplyScalar(radius);
  camera.position.copy(target).add(offset);
}
