// How numbers and times read. Times are Unix milliseconds of the server's clock.

let skewMs = 0;

/** The server said it is `atMs` now: a wall display with a wrong clock still tells right ages. */
export function serverClock(atMs) { skewMs = atMs - Date.now(); }

/** How long ago, in words short enough for a list. */
export function ago(ms) {
  if (!ms) return 'never';
  const s = Math.max(0, (Date.now() + skewMs - ms) / 1000);
  if (s < 2) return 'now';
  if (s < 60) return `${Math.floor(s)} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

/** A span of time with the digits that matter. */
export function span(ms) {
  if (ms == null) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A rate: three characters are enough. */
export const rate = perSecond => perSecond >= 9.95 ? perSecond.toFixed(0) : perSecond.toFixed(1);

/** A whole number with thin spaces between thousands. */
export const count = n => String(n).replace(/\B(?=(\d{3})+$)/g, '\u2009');

/** "1 frame", "2 frames". */
export const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** BAD_INTRINSICS -> "bad intrinsics". */
export const words = name => name.toLowerCase().replaceAll('_', ' ');

/** An element with properties and children; text stays text, so nothing a camera sends becomes markup. */
export function el(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter(child => child != null));
  return node;
}
