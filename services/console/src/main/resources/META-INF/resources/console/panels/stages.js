// The strip at the top: one stage after the other, with its colour, rate and backlog.

import { ago, el, plural, rate, span } from '../format.js';

const strip = document.getElementById('stages');

export function showStages(health) {
  strip.dataset.broker = health.broker;
  health.stages.forEach((stage, i) => {
    const item = strip.children[i] ?? strip.appendChild(el('li', { className: 'stage' }, el('b'), el('span')));
    item.dataset.stage = stage.stage;
    item.dataset.state = stage.state;
    if (stage.lag != null) item.dataset.lag = stage.lag;
    item.title = tooltip(stage);
    item.children[0].textContent = stage.stage;
    item.children[1].replaceChildren(...line(stage));
  });
}

function line(stage) {
  if (stage.state === 'unknown') return ['no word from Kafka'];
  const parts = [];
  if (stage.per_second > 0) parts.push(`${rate(stage.per_second)}${stage.lag > 0 ? '' : ` ${stage.unit}`}/s`);
  if (stage.lag > 0) parts.push(el('em', { textContent: `${stage.lag} waiting` }));
  if (parts.length === 0) parts.push(stage.last_seen_ms ? `idle · ${ago(stage.last_seen_ms)}` : stage.total ? 'idle' : 'nothing yet');
  return parts.flatMap((part, i) => i ? [' · ', part] : [part]);
}

function tooltip(stage) {
  const facts = [`${stage.stage}: ${stage.state}${stage.says ? `, ${stage.says}` : ''}`];
  facts.push(`${plural(stage.total, stage.unit.replace(/s$/, ''))} so far`);
  if (stage.rejected > 0) facts.push(`${stage.rejected} refused or rejected here`);
  if (stage.freshness_p95_ms != null) facts.push(`accepted to published: p95 ${span(stage.freshness_p95_ms)}`);
  return facts.join('\n');
}
