// Forgetting a scene takes a second, deliberate click. The page shows it gone when fusion says so, not before.

const dialog = document.getElementById('ask');
const button = document.getElementById('forget');

export function askToForget(shown, forget) {
  let name = null;
  button.addEventListener('click', () => {
    name = shown();
    if (!name) return;
    document.getElementById('ask-title').textContent = `Forget ${name}?`;
    dialog.returnValue = 'keep';
    dialog.showModal();
  });
  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'forget') return;
    try {
      await forget(name);
    } catch (problem) {
      button.textContent = `Not forgotten: ${problem.message}`;
    }
  });
}
