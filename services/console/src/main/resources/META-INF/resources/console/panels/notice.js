// What the middle of the page says when there is no surface to show.

import { el } from '../format.js';

const notice = document.getElementById('notice');

export function showNotice({ scene, chosen, waiting }) {
  if (notice.dataset.for) return; // said once, and truer than anything below
  const content = waiting ? [el('p', { textContent: 'Connecting…' })] : scene?.version ? null : scene ? firstWindow(scene) : nothing(chosen);
  notice.hidden = !content;
  notice.replaceChildren(...(content ?? []));
}

export function showNoWebGl() {
  notice.dataset.for = 'no-webgl';
  notice.hidden = false;
  notice.replaceChildren(
    el('h1', { textContent: 'No WebGL, so no 3D view' }),
    el('p', { textContent: 'Everything else on this page works. Turn on hardware acceleration in the browser’s settings; in Chromium without a graphics card start it with' }),
    el('code', { textContent: '--enable-unsafe-swiftshader' }));
}

export function showSignIn() {
  notice.dataset.for = 'sign-in';
  notice.hidden = false;
  const back = `/${location.search}${location.hash}`;
  notice.replaceChildren(
    el('h1', { textContent: 'Who are you?' }),
    el('p', { textContent: 'Scenes are shown to those whose they are.' }),
    el('p', {}, el('a', { id: 'sign-in', className: 'button', href: `/login?to=${encodeURIComponent(back)}`, textContent: 'Sign in' })));
}

const nothing = chosen => [
  el('h1', { textContent: chosen ? `Waiting for ${chosen}` : 'No scenes yet' }),
  el('p', { textContent: 'Post frames to' }),
  el('code', { textContent: 'POST /v1/scenes/{scene}/captures/{capture}/cameras/{camera}/frames' }),
  el('p', {}, 'or run ', el('code', { textContent: './lite3r demo' })),
];

const firstWindow = scene => [
  el('h1', { textContent: scene.scene }),
  el('p', { textContent: scene.counts.refused + scene.counts.rejected > 0
    ? 'No surface yet, and some frames did not make it: see why beside.'
    : 'Frames are coming in. The surface appears with the first fused window.' }),
];
