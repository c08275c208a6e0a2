// The list of scenes, newest change first.

import { ago, el, plural } from '../format.js';

const list = document.getElementById('scenes');

export function showScenes(scenes, shown, choose) {
  const rows = scenes.toSorted((a, b) => a.scene.localeCompare(b.scene));
  let newlyShown = null;
  rows.forEach((scene, i) => {
    const item = list.children[i] ?? list.appendChild(row());
    const button = item.firstChild;
    button.onclick = () => choose(scene.scene);
    const isShown = scene.scene === shown;
    if (isShown && button.getAttribute('aria-current') !== 'true') newlyShown = item;
    button.setAttribute('aria-current', isShown);
    item.dataset.scene = scene.scene;
    button.children[0].textContent = scene.scene;
    button.children[1].textContent = scene.deleting ? 'being forgotten…'
      : scene.version ? `v${scene.version} · ${plural(scene.frames, 'frame')} · ${ago(scene.published_at_ms)}`
      : 'no surface yet';
  });
  while (list.children.length > rows.length) list.lastChild.remove();
  if (newlyShown) reveal(newlyShown);
}

const row = () => el('li', {}, el('button', { type: 'button' }, el('b'), el('span')));

/** Scrolls the list only, never the page, which on a phone is scrolled by the person. */
function reveal(item) {
  list.scrollLeft = item.offsetLeft - list.offsetLeft - 12;
  const nav = list.parentElement;
  if (item.offsetTop < nav.scrollTop || item.offsetTop > nav.scrollTop + nav.clientHeight - item.clientHeight) nav.scrollTop = item.offsetTop - 40;
}
