// The page: events in, panels and the 3D view out. State is one map of scene summaries and the name of the scene on show.

import * as api from './api.js';
import { listen } from './feed.js';
import { serverClock } from './format.js';
import { showDetail } from './panels/detail.js';
import { askToForget } from './panels/forget.js';
import { chosenVersion, openHistory } from './panels/history.js';
import { showNotice } from './panels/notice.js';
import { showScenes } from './panels/scenes.js';
import { showStages } from './panels/stages.js';
import { entered } from './session.js';
import { openView } from './view/scene-view.js';

const scenes = new Map();
let chosen = asked(); // null: whichever scene was updated last
let shown = null;
let loadedFirstSnapshot = false;

const view = openView(document.getElementById('view'));

function onEvent(event) {
  if (event.type === 'snapshot') {
    scenes.clear();
    event.scenes.forEach(scene => scenes.set(scene.scene, scene));
    loadedFirstSnapshot = true;
    onHealth(event.health);
  } else if (event.type === 'scene') {
    scenes.set(event.scene.scene, event.scene);
  } else if (event.type === 'gone') {
    scenes.delete(event.name);
    if (event.name === chosen) choose(null);
  } else if (event.type === 'health') {
    onHealth(event.health);
    return;
  }
  render();
}

function onHealth(health) {
  serverClock(health.at_ms);
  showStages(health);
  if (shown) showDetail(scenes.get(shown));
}

function onConnection(state) {
  if (document.body.dataset.connection === state) return;
  document.body.dataset.connection = state;
  document.querySelector('#connection span').textContent = state;
}

function render() {
  // A scene that was asked for is waited for. Otherwise what is on show stays as long as it lives, so that two live scenes do not
  // flicker.
  if (chosen) shown = scenes.has(chosen) ? chosen : null;
  else if (!scenes.has(shown)) shown = [...scenes.values()].sort((a, b) => b.last_update_ms - a.last_update_ms)[0]?.scene ?? null;
  showScenes([...scenes.values()], shown, choose);
  const scene = shown ? scenes.get(shown) : null;
  showDetail(scene);
  showNotice({ scene, chosen, waiting: !loadedFirstSnapshot });
  view.show(chosenVersion(scene));
  document.title = scene ? `${scene.scene} · Lite3R Stream` : 'Lite3R Stream';
}

/** /#name, or /?scene=name as programs like to write it. */
function asked() {
  let hash = location.hash.slice(1);
  try { hash = decodeURIComponent(hash); } catch { /* typed by hand: taken as it is */ }
  return hash || new URLSearchParams(location.search).get('scene');
}

function choose(name) {
  chosen = name;
  history.replaceState(null, '', name ? `#${encodeURIComponent(name)}` : location.pathname);
  render();
}

addEventListener('hashchange', () => {
  chosen = asked();
  render();
});

askToForget(() => shown, async name => {
  await api.forget(name);
  scenes.get(name) && (scenes.get(name).deleting = true);
  render();
});

openHistory(render);

// Ages grow even when nothing happens.
setInterval(() => loadedFirstSnapshot && showScenes([...scenes.values()], shown, choose), 5000);
entered().then(() => listen({ onEvent, onConnection }));
