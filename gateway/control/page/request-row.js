/** One request as a table row. Every string goes in as text: clients and providers write some of them. */

const states = {
  started: ['live', 'running'],
  ok: ['good', 'ok'],
  upstream_error: ['bad', 'provider failed'],
  gateway_error: ['bad', 'gateway failed'],
  client_closed: ['warn', 'client left'],
  rejected: ['warn', 'refused'],
  interrupted: ['warn', 'interrupted'],
};

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const count = new Intl.NumberFormat('en-GB');
const unknown = '–';

function duration(milliseconds) {
  if (milliseconds === null) return unknown;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000 ? `${(milliseconds / 1_000).toFixed(2)} s` : `${(milliseconds / 60_000).toFixed(1)} min`;
}

/** Input and output; a tilde marks what is our own estimate. */
function tokens({ inputTokens, outputTokens, estimated }) {
  const write = (amount) => (amount === null ? unknown : `${estimated ? '~' : ''}${count.format(amount)}`);
  return inputTokens === null && outputTokens === null ? unknown : `${write(inputTokens)} / ${write(outputTokens)}`;
}

function cell(text, className = '') {
  const made = document.createElement('td');
  made.textContent = text;
  made.className = className;
  return made;
}

function stateCell({ state }) {
  const [tone, word] = states[state];
  const made = cell('');
  const label = document.createElement('span');
  const mark = document.createElement('span');
  label.dataset.tone = tone;
  mark.className = 'mark';
  mark.ariaHidden = 'true';
  label.append(mark, word);
  made.append(label);
  return made;
}

/** The model asked for, and below it what it became or what went wrong. */
function modelCell(request) {
  const { requestedModel } = request;
  const made = cell(requestedModel);
  made.title = requestedModel;
  const detail = detailOf(request);
  if (detail) {
    const line = document.createElement('span');
    line.className = 'detail';
    line.textContent = detail;
    line.title = detail;
    made.append(line);
  }
  return made;
}

function detailOf({ requestedModel, provider, model, status, errorMessage }) {
  if (errorMessage !== null) return status === null ? errorMessage : `${status}: ${errorMessage}`;
  const target = provider === null ? '' : `${provider}/${model ?? ''}`;
  return target === requestedModel || target === '' ? '' : `→ ${target}`;
}

/** Writes a request into its row, over what the row showed before. */
export function fillRow(row, request) {
  row.replaceChildren(
    cell(clock.format(request.startedAtMs)),
    stateCell(request),
    modelCell(request),
    cell(request.clientName ?? unknown),
    cell(tokens(request.usage), 'figure'),
    cell(duration(request.firstTokenMs), 'figure'),
    cell(duration(request.durationMs), 'figure'),
  );
}
