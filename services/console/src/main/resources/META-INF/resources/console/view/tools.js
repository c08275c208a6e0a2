// Buttons and keys of the view do the same things; everything a pointer can do, a keyboard can.

import { orbit } from './flight.js';

const STEP = 0.12;

export function tools(canvas, controls, acts) {
  const bar = document.getElementById('tools');
  const press = name => {
    const state = acts[name]();
    if (typeof state === 'boolean') bar.querySelector(`[data-do=${name}]`).setAttribute('aria-pressed', state);
  };
  bar.addEventListener('click', event => {
    const name = event.target.closest('button')?.dataset.do;
    if (name) press(name);
  });
  const turn = (around, over) => { acts.touched(); orbit(controls.object, controls.target, around, over); };
  const scale = by => { acts.touched(); controls.object.position.sub(controls.target).multiplyScalar(by).add(controls.target); };
  const keys = {
    f: () => press('fit'), n: () => press('newest'), c: () => press('cameras'), t: () => press('turn'),
    ArrowLeft: () => turn(-STEP, 0), ArrowRight: () => turn(STEP, 0), ArrowUp: () => turn(0, -STEP), ArrowDown: () => turn(0, STEP),
    '+': () => scale(0.88), '=': () => scale(0.88), '-': () => scale(1.14),
  };
  canvas.addEventListener('keydown', event => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  return bar;
}
