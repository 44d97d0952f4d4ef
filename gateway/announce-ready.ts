/** What is printed when the gateway is ready: one line of JSON for programs, or words and a curl for people. */
import type { Gateway } from './gateway.ts';

export interface Announcing {
  readonly json: boolean;
  /** The program that started this one reads the line, and may show the words to a person. */
  readonly handover: boolean;
}

/** Writes to stdout; the ready line is the first thing ever written there. */
export async function announceReady(gateway: Gateway, command: 'start' | 'serve', { json, handover }: Announcing): Promise<void> {
  const { baseUrl, problems } = gateway.status();
  const { url, token } = gateway.control;
  const ui = `${url}/#token=${token}`;
  if (json || handover) {
    const ready = { event: 'ready', gateway: baseUrl, control: url, controlToken: token, ui, dataDir: gateway.dataDir };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    if (json || command === 'serve') return;
  }
  if (baseUrl === null) {
    const [problem] = problems;
    process.stdout.write(`\nGatehouse does not listen. ${problem ? `${problem.message} ${problem.fix}` : ''}\n\n`);
    return;
  }
  const lines = [
    '',
    'Gatehouse is running.',
    '',
    `  Base URL       ${baseUrl}/v1`,
    `  Interface      ${ui}`,
    `  Data folder    ${gateway.dataDir}`,
  ];
  lines.push('', ...(await keyLines(gateway, command, `${baseUrl}/v1/chat/completions`)), '', 'Ctrl-C stops it.', '');
  process.stdout.write(lines.join('\n'));
}

/** In a new data folder `start` makes a first key: it is shown here and kept nowhere. */
async function keyLines(gateway: Gateway, command: 'start' | 'serve', chatUrl: string): Promise<string[]> {
  if (command === 'start' && gateway.clientCount === 0) {
    const { key } = await gateway.createClient('First key');
    return [
      `  First key      ${key}`,
      '                 (shown this once; put it into your programs)',
      '',
      'Try it:',
      '',
      ...curl(chatUrl, key),
    ];
  }
  const { url, token } = gateway.control;
  const body = JSON.stringify({ name: 'My program' });
  return [
    gateway.clientCount === 0 ? 'There is no key yet; make one:' : 'Your keys go on working. To make another:',
    '',
    `  curl ${url}/control/calls/clients.create -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${body}'`,
  ];
}

function curl(chatUrl: string, key: string): string[] {
  const body = JSON.stringify({ model: 'demo/hello', messages: [{ role: 'user', content: 'Hello!' }] });
  return [
    `  curl ${chatUrl} \\`,
    `    -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `    -d '${body}'`,
  ];
}
