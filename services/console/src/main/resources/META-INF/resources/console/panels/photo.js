// The photograph behind the newest frustum. Captures may keep no originals; then there is nothing to show, and nothing is shown.

import { thumbnailUrl } from '../api.js';

const figure = document.getElementById('photo');
const image = figure.querySelector('img');
const without = new Set(); // captures that keep no originals are not asked again

image.addEventListener('load', () => { figure.hidden = false; });
image.addEventListener('error', () => {
  figure.hidden = true;
  without.add(image.dataset.capture);
});

/** `frame` is the newest one, with the name of its camera; null hides the picture. */
export function showPhoto(scene, frame) {
  const capture = frame && `${scene}/${frame.capture}`;
  if (!frame || without.has(capture)) {
    figure.hidden = true;
    image.removeAttribute('src');
    return;
  }
  const url = thumbnailUrl(scene, frame);
  if (image.getAttribute('src') === url) return;
  image.dataset.capture = capture;
  image.src = url;
  image.alt = `photograph ${frame.sequence} of camera ${frame.camera}`;
  figure.querySelector('figcaption').textContent = `${frame.camera} #${frame.sequence}`;
}
