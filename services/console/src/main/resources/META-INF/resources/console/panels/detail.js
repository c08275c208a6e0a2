// What there is to know of the scene on show: freshness, how its frames ended and why, its versions.

import { ago, count, el, span, words } from '../format.js';
import { showHistory } from './history.js';
import { drawSpark } from './spark.js';

const at = id => document.getElementById(id);
const KINDS = [
  ['fused', 'Fused', 'in the surface'],
  ['skipped', 'Skipped', 'left out on purpose as redundant'],
  ['rejected', 'Rejected', 'accepted, but not in the surface'],
  ['refused', 'Refused', 'images that capture did not accept'],
];

export function showDetail(scene) {
  at('detail').hidden = !scene;
  if (!scene) return;
  freshness(scene);
  frames(scene);
  rejections(scene);
  showHistory(scene);
  digest(scene);
  at('forget').disabled = scene.deleting;
  at('forget').textContent = scene.deleting ? 'Being forgotten…' : 'Forget this scene…';
}

function freshness({ freshness: f }) {
  at('fresh-last').textContent = span(f.last_ms);
  at('fresh-summary').textContent = f.samples_ms.length > 1
    ? `accepted to published · p50 ${span(f.p50_ms)} · p95 ${span(f.p95_ms)}`
    : 'from photograph accepted to scene published';
  drawSpark(at('fresh-line'), f.samples_ms, f.p95_ms);
}

function frames({ counts, windows }) {
  const total = KINDS.reduce((sum, [kind]) => sum + counts[kind], 0);
  at('bar').replaceChildren(...KINDS.filter(([kind]) => counts[kind] > 0)
    .map(([kind]) => el('i', { className: `of-${kind}`, style: `flex-grow:${counts[kind]}` })));
  at('bar').setAttribute('aria-label', KINDS.map(([kind, name]) => `${name} ${counts[kind]}`).join(', '));
  const figures = KINDS.map(([kind, name, means]) => figure(kind, name, counts[kind], means));
  figures.unshift(figure('none', 'Ended', total, 'every frame that has an outcome'));
  figures.push(figure('none', 'Windows', windows, 'groups of views the model has seen'));
  at('figures').replaceChildren(...figures);
}

const figure = (kind, name, n, means) => el('div', { className: `of-${kind}`, title: means },
  el('dt', {}, kind === 'none' ? null : el('i'), name), el('dd', { textContent: count(n) }));

function rejections({ counts, rejections: list }) {
  const reasons = Object.entries(counts.rejected_by_reason).sort((a, b) => b[1] - a[1]);
  at('reasons').replaceChildren(...(reasons.length
    ? reasons.map(([reason, n]) => el('span', { textContent: `${words(reason)} ${n}` }))
    : [el('i', { className: 'quiet', textContent: counts.ended ? 'Every frame so far found its place.' : 'No frame has ended yet.' })]));
  at('rejections').replaceChildren(...list.map(r => el('li', {},
    el('div', { className: 'row' },
      el('b', { textContent: r.sequence >= 0 ? `${r.camera} #${r.sequence}` : r.camera || 'unnamed camera' }),
      `${r.stage} · ${ago(r.at_ms)}`),
    el('div', { textContent: r.detail || words(r.reason) }))));
  at('rejections').hidden = list.length === 0;
}

function digest({ digest, version }) {
  at('digest').textContent = version ? `digest ${digest.slice(0, 16)}…` : 'none yet: a version comes with the first fused window';
  at('digest').title = digest;
}
