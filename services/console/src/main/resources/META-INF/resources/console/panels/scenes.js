// The list of scenes, newest change first.

import { ago, el, plural } from '../format.js';

const list = document.getElementById('scenes');

export function showScenes(scenes, shown, choose) {
  const rows = scenes.toSorted((a, b) => a.scene.localeCompare(b.scene));
  rows.forEach((scene, i) => {
    const item = list.children[i] ?? list.appendChild(row());
    const button = item.firstChild;
    button.onclick = () => choose(scene.scene);
    button.setAttribute('aria-current', scene.scene === shown);
    item.dataset.scene = scene.scene;
    button.children[0].textContent = scene.scene;
    button.children[1].textContent = scene.deleting ? 'being forgotten…'
      : scene.version ? `v${scene.version} · ${plural(scene.frames, 'frame')} · ${ago(scene.published_at_ms)}`
      : 'no surface yet';
  });
  while (list.children.length > rows.length) list.lastChild.remove();
}

const row = () => el('li', {}, el('button', { type: 'button' }, el('b'), el('span')));
