// Server-sent events: one `snapshot` on every connection, then `scene`, `gone` and `health` as they happen. Health comes every second,
// so silence means that the connection is dead even when the browser has not noticed.

const SILENCE_MS = 6000;

export function listen({ onEvent, onConnection }) {
  let source, watchdog, retry;

  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(again, SILENCE_MS);
  };

  function again() {
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(retry);
    onConnection('reconnecting');
    retry = setTimeout(open, 1500);
  }

  function open() {
    source = new EventSource('/api/events');
    source.onopen = alive;
    source.onerror = again;
    source.onmessage = message => {
      alive();
      onConnection('live');
      onEvent(JSON.parse(message.data));
    };
    alive();
  }

  addEventListener('online', again);
  open();
}
