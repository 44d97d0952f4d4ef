/** The plain page: the true state, how to connect a program, and the last requests as they happen. */
import { ask, CallFailed, follow, saveToken, takeToken } from './gateway-link.js';
import { fillRow } from './request-row.js';

const maximumRows = 100;

const stateWords = {
  stopped: ['idle', 'Stopped'],
  starting: ['live', 'Starting'],
  running: ['good', 'Running'],
  stopping: ['live', 'Stopping'],
  failed: ['bad', 'Failed'],
};

const element = (id) => document.getElementById(id);

/** Rows by request id, newest first in the table. */
const rows = new Map();
let connection = null;
let shownConfig = null;

function showState(tone, word, facts = '') {
  element('state').dataset.tone = tone;
  element('state-word').textContent = word;
  element('state-facts').textContent = facts;
}

function showTrouble(message) {
  element('trouble').textContent = message ?? '';
  element('trouble').hidden = message === null;
}

function showStatus(status) {
  const [tone, word] = stateWords[status.state];
  const degraded = status.state === 'running' && status.problems.length > 0;
  // No count of running requests: a status event is not sent for each, and the rows show which are running.
  const facts = `version ${status.programVersion} · ${status.dataDir}`;
  showState(degraded ? 'warn' : tone, degraded ? 'Running, needs attention' : word, facts);
  element('problems').hidden = status.problems.length === 0;
  element('problem-list').replaceChildren(
    ...status.problems.map(({ message, fix }) => {
      const item = document.createElement('li');
      item.textContent = `${message} ${fix}`;
      return item;
    }),
  );
}

function showCommand(status, config) {
  const isListening = status.baseUrl !== null;
  const hasDemo = config.providers.some(({ id, kind, enabled }) => id === 'demo' && kind === 'demo' && enabled);
  const model = hasDemo ? 'demo/hello' : 'provider/model';
  const { requireKey } = config.access;
  const key = requireKey ? ` \\\n  -H "Authorization: Bearer $GATEHOUSE_CLIENT_KEY"` : '';
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  const origin = isListening ? status.baseUrl.replace(/\/v1\/?$/, '') : '';
  element('base-url').textContent = isListening ? `${origin}/v1` : 'not listening now';
  element('curl').textContent = isListening
    ? `curl ${origin}/v1/chat/completions${key} \\\n  -H "Content-Type: application/json" \\\n  -d '${body}'`
    : 'not listening now';
  const hints = [
    requireKey ? 'Put one of your client keys (llmgw_…) in place of $GATEHOUSE_CLIENT_KEY.' : null,
    hasDemo ? null : 'Put one of your models in place of provider/model.',
  ];
  element('curl-hint').textContent = isListening ? hints.filter(Boolean).join(' ') : '';
  for (const button of document.querySelectorAll('[data-copies]')) button.disabled = !isListening;
}

function showRequest(request) {
  let row = rows.get(request.id);
  if (!row) {
    row = document.createElement('tr');
    rows.set(request.id, row);
    element('rows').prepend(row);
  }
  fillRow(row, request);
  while (rows.size > maximumRows) {
    const [oldest] = [...rows].find(([, candidate]) => candidate === element('rows').lastElementChild);
    rows.get(oldest).remove();
    rows.delete(oldest);
  }
  element('no-rows').hidden = true;
}

async function showEverything(token) {
  const [status, { effective }, { items }] = await Promise.all([
    ask(token, 'status.get'),
    ask(token, 'config.get'),
    ask(token, 'requests.list', { limit: maximumRows }),
  ]);
  shownConfig = effective;
  showStatus(status);
  showCommand(status, effective);
  rows.clear();
  element('rows').replaceChildren();
  for (const request of items.toReversed()) showRequest(request);
  element('no-rows').hidden = items.length > 0;
  element('content').hidden = false;
  element('token-form').hidden = true;
  showTrouble(null);
}

async function handleEvent(token, event) {
  if (event.type === 'request-started' || event.type === 'request-finished') return showRequest(event.request);
  if (event.type === 'status-changed') {
    showStatus(event.status);
    return showCommand(event.status, shownConfig);
  }
  await showEverything(token);
}

function askForToken(message) {
  connection?.abort();
  connection = null;
  showState('idle', 'Not connected');
  showTrouble(message);
  element('content').hidden = true;
  element('token-form').hidden = false;
  element('token').focus();
}

function showGone(reason) {
  if (reason instanceof CallFailed) {
    showState('bad', 'In trouble');
    return showTrouble(`${reason.message} This page tries again by itself.`);
  }
  showState('bad', 'Not reachable');
  showTrouble('The gateway does not answer. It may be stopped or restarting; this page connects again by itself.');
}

function connect(token) {
  connection?.abort();
  connection = new AbortController();
  void follow(token, {
    signal: connection.signal,
    onOpen: () => showEverything(token),
    onEvent: (event) => handleEvent(token, event),
    onGone: showGone,
    onRefused: () =>
      askForToken(
        'The gateway does not accept this token; it may have been started again with a new one. Open the address it printed, or paste the token.',
      ),
  });
}

function begin() {
  const token = takeToken();
  if (token) connect(token);
  else
    askForToken(
      'This page needs the control token. Open the address that Gatehouse printed at its start (it ends in #token=…), or paste the token.',
    );
}

element('token-form').addEventListener('submit', (submission) => {
  submission.preventDefault();
  const token = element('token').value.trim();
  element('token').value = '';
  saveToken(token);
  connect(token);
});

for (const button of document.querySelectorAll('[data-copies]')) {
  button.addEventListener('click', () => void copy(button));
}

async function copy(button) {
  const source = element(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = 'Selected';
  }
  element('copied').textContent = `${button.textContent}: ${source.textContent}`;
  setTimeout(() => {
    button.textContent = 'Copy';
    element('copied').textContent = '';
  }, 1_500);
}

window.addEventListener('hashchange', begin);
begin();
