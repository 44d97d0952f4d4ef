/** The page's way to the gateway: the token, the calls, and the event stream that comes back after a gap. */

const tokenPlace = 'gatehouse-control-token';
const silenceMs = 40_000;
const longestPauseMs = 5_000;

/** Takes the token out of the address, so that it stays in no history and no screenshot. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(tokenPlace, given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(tokenPlace);
}

export function saveToken(token) {
  sessionStorage.setItem(tokenPlace, token);
}

/** The gateway answered, and does not accept the token. */
export class TokenRefused extends Error {}

/** The gateway answered that it could not do what was asked; the message may be shown. */
export class CallFailed extends Error {}

/** Asks one call; throws TokenRefused, CallFailed, or a network error. */
export async function ask(token, name, input = {}) {
  const response = await fetch(`/control/calls/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  if (response.status === 401) throw new TokenRefused();
  const answer = await response.json();
  if (!answer.ok) throw new CallFailed(answer.error.message);
  return answer.value;
}

/**
 * Follows the events until `signal` ends it. `onOpen` is called for each new connection that may have missed something,
 * `onEvent` for each event, `onGone` with the reason when there is no stream, `onRefused` when the token is not accepted.
 */
export async function follow(token, { signal, onOpen, onEvent, onGone, onRefused }) {
  let lastId = null;
  let pauseMs = 500;
  while (!signal.aborted) {
    try {
      await readStream(token, {
        lastId,
        signal,
        onEvent,
        onId: (id) => (lastId = id),
        onConnected: async () => {
          pauseMs = 500;
          await onOpen();
        },
      });
      throw new Error('the stream ended');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof TokenRefused) return onRefused();
      onGone(error);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function readStream(token, { lastId, signal, onEvent, onId, onConnected }) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const headers = { authorization: `Bearer ${token}` };
    if (lastId !== null) headers['last-event-id'] = lastId;
    const response = await fetch('/control/events', { headers, signal: AbortSignal.any([signal, silence.signal]) });
    if (response.status === 401) throw new TokenRefused();
    if (!response.ok) throw new Error(`the event stream answered ${response.status}`);
    await onConnected();
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) await readBlock(block, onId, onEvent);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Each event is done with before the next, so that what was read anew is not written over by what came before. */
async function readBlock(block, onId, onEvent) {
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) await onEvent(JSON.parse(line.slice(6)));
  }
  for (const line of block.split('\n')) if (line.startsWith('id: ')) onId(line.slice(4));
}
