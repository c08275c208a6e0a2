// A line of the last values, oldest left, with a dotted p95.

const SVG = 'http://www.w3.org/2000/svg';
const W = 240, H = 48;

export function drawSpark(svg, samples, p95) {
  if (samples.length < 2) { svg.replaceChildren(); return; }
  const top = Math.max(...samples) * 1.08;
  const y = v => H - 1 - (H - 4) * v / top;
  const line = samples.map((v, i) => `${(i * W / (samples.length - 1)).toFixed(1)},${y(v).toFixed(1)}`).join('L');
  svg.replaceChildren(
    shape('path', { class: 'under', d: `M0,${H}L${line}L${W},${H}Z` }),
    shape('line', { x1: 0, x2: W, y1: y(p95), y2: y(p95) }),
    shape('path', { d: `M${line}` }));
}

function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  return node;
}
