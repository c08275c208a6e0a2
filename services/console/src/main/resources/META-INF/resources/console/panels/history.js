// The versions of the scene on show. A person can look at any that is kept, and make it the newest again.

import * as api from '../api.js';
import { ago, count, el, plural } from '../format.js';

const at = id => document.getElementById(id);
const FEW = 6;
let past = null; // the version that is looked at instead of the newest: { scene, version, frames }
let kept = null; // all kept versions of a scene, once somebody asked for them: { scene, versions }
let now = null; // the scene on show

/** The scene as it is to be shown: its newest version, unless a person chose an older one. */
export const chosenVersion = scene => (past && past.scene === scene?.scene && past.version !== scene.version
  ? { ...scene, version: past.version, frames: past.frames, past: true } : scene);

export function openHistory(render) {
  at('versions-all').addEventListener('click', async () => {
    try {
      kept = kept?.scene === now.scene ? null : { scene: now.scene, versions: (await api.versions(now.scene)).versions };
      told('');
    } catch (problem) {
      told(problem.message);
    }
    render();
  });
  at('versions').addEventListener('click', event => {
    const button = event.target.closest('button[data-version]');
    if (!button) return;
    past = { scene: now.scene, version: Number(button.dataset.version), frames: Number(button.dataset.frames) };
    told('');
    render();
  });
  at('to-newest').addEventListener('click', () => { past = null; told(''); render(); });
  const dialog = at('ask-back');
  let wanted = null;
  at('roll-back').addEventListener('click', () => {
    wanted = { ...past };
    at('ask-back-title').textContent = `Go back to version ${wanted.version}?`;
    dialog.returnValue = 'stay';
    dialog.showModal();
  });
  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'back') return;
    try {
      await api.rollBack(wanted.scene, wanted.version);
      past = kept = null;
      told(`Going back to version ${wanted.version}: the next version will have its content.`);
    } catch (problem) {
      told(problem.message);
    }
    render();
  });
}

const told = what => { at('history-told').textContent = what; };

export function showHistory(scene) {
  if (now?.scene !== scene.scene) { past = kept = null; told(''); }
  // What was fetched is of an older day once there is a newer version.
  if (kept && kept.versions[0]?.version !== scene.version) kept = null;
  now = scene;
  const shown = chosenVersion(scene).version;
  const list = kept ? kept.versions : scene.versions.slice(0, FEW);
  at('versions').replaceChildren(...list.map(v => el('li', {}, entry(v, v.version === shown))));
  at('versions-all').textContent = kept ? 'The last few' : 'All that are kept';
  at('history-past').hidden = shown === scene.version;
}

function entry(version, isShown) {
  const button = el('button', { type: 'button', className: 'row', title: what(version) },
    el('b', { textContent: `v${version.version}` }), `${plural(version.frames, 'frame')} · ${ago(version.published_at_ms)}`);
  Object.assign(button.dataset, { version: version.version, frames: version.frames });
  button.setAttribute('aria-pressed', isShown);
  return button;
}

const what = v => [`${count(v.windows)} windows`, v.closes?.length ? `end of ${v.closes.join(', ')}` : '',
  v.content_of ? `went back to version ${v.content_of}` : '', v.digest ? `digest ${v.digest.slice(0, 16)}…` : ''].filter(Boolean).join(' · ');
