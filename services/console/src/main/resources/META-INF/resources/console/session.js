// Who looks. Where the console wants tokens, a person signs in at the issuer of tokens; what the login gives lies in cookies that no
// script reads, and is renewed before it ends. Where it wants none, as on a laptop, nothing of this shows.

import { showSignIn } from './panels/notice.js';

const EARLY_MS = 30_000; // before its end
const LONGEST_MS = 2 ** 31 - 1; // of a timer
const AGAIN_MS = 1500;
const at = id => document.getElementById(id);
const wait = left => Math.min(LONGEST_MS, Math.max(left - EARLY_MS, left / 2, 1000));
const pause = ms => new Promise(done => setTimeout(done, ms));

async function who() {
  for (;;) {
    try {
      const response = await fetch('/login/who', { cache: 'no-store' });
      if (response.ok) return await response.json();
    } catch { /* the console is not there: asked again */ }
    await pause(AGAIN_MS);
  }
}

/** Resolves when whoever looks may look. */
export async function entered() {
  const known = await who();
  if (!known.login) return;
  if (!known.tenant && !(await renewed()).tenant) {
    showSignIn();
    await new Promise(() => {}); // signing in leaves the page
  }
  show(await who());
}

function show(known) {
  if (!known.tenant) {
    location.reload(); // signed out meanwhile: the page begins anew and says so
    return;
  }
  at('who').hidden = false;
  at('who').querySelector('span').textContent = known.tenant;
  document.body.dataset.operator = known.roles.includes('operator');
  setTimeout(async () => show(await renewed()), wait(known.left_ms));
}

/** Another tab may have been faster: what counts is who is known afterwards. */
async function renewed() {
  try {
    await fetch('/login/renew', { method: 'POST' });
  } catch { /* not there: who() waits for it */ }
  return who();
}

at('sign-out').addEventListener('click', async () => {
  const response = await fetch('/login/end', { method: 'POST' });
  location.assign(response.ok ? (await response.json()).to : '/');
});
