// The console's own HTTP API. Every failure is an Error whose message a person can read.

async function ask(path, options) {
  const response = await fetch(path, options);
  if (response.ok) return response;
  let said = `${response.status} ${response.statusText}`;
  try {
    const problem = await response.json();
    said = problem.detail || problem.title || said;
  } catch { /* not a problem document: the status says enough */ }
  throw Object.assign(new Error(said), { status: response.status });
}

const of = scene => `/api/scenes/${encodeURIComponent(scene)}`;

export const manifest = async (scene, version) => (await ask(`${of(scene)}/manifest?version=${version}`)).json();
export const trajectory = async (scene, version) => (await ask(`${of(scene)}/trajectory?version=${version}`)).json();
export const versions = async scene => (await ask(`${of(scene)}/versions`)).json();
export const rollBack = (scene, version) => ask(`${of(scene)}/rollback?version=${version}`, { method: 'POST' });
export const details = async scene => (await ask(of(scene))).json();
export const tileUrl = (scene, sha256) => `${of(scene)}/tiles/${sha256}.glb`;
export const thumbnailUrl = (scene, { capture, camera, sequence }) =>
  `${of(scene)}/frames/${encodeURIComponent(capture)}/${encodeURIComponent(camera)}/${sequence}/thumbnail.jpg`;
export const forget = scene => ask(of(scene), { method: 'DELETE' });
