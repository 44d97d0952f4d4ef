/** Plants secrets and words everywhere they can be, runs everything including a crash, and looks for them where they must not be. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../gateway/secrets/secret.ts';
import { attackBytes } from '../support/hostile-requests.ts';
import { openAiScript } from '../support/openai-script.ts';
import { exchangeRaw } from '../support/raw-http.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json, redirect, sse, truncated } from '../support/upstream-answers.ts';

/** Words of one run alone, so that a hit is a leak. */
const canary = {
  vaultKey: 'sk-canary-vault-4f0b1d7e',
  environmentKey: 'sk-canary-environment-c93a',
  wrongKey: `llmgw_canaryWrong${'K'.repeat(32)}`,
  otherKey: 'sk-canary-of-another-service-77',
  prompt: 'canary-prompt-the-merger-is-on-friday',
  toolArgument: 'canary-argument-18-elm-street',
  answer: 'canary-answer-yes-it-is',
  title: 'canary-title-secret-project',
  userName: 'canary-user-ada',
};

let upstream: ScriptedUpstream;
let dataDir: string;
const gateways: RunningGateway[] = [];
const errorBodies: string[] = [];

/** Every way in which a word may stand in a file. */
function spellings(word: string): Buffer[] {
  const bytes = Buffer.from(word);
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(4, -4),
    ),
  );
  return [
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(word, 'utf16le'),
    ...inBase64,
    deflateSync(bytes).subarray(2, -4),
  ];
}

/** The names of the words that the bytes hold in any spelling. */
function heldBy(bytes: Buffer, words: Readonly<Record<string, string>>): string[] {
  return Object.entries(words).flatMap(([name, word]) =>
    spellings(word).some((spelling) => bytes.includes(spelling)) ? [name] : [],
  );
}

function start(): Promise<RunningGateway> {
  const config = {
    version: 1 as const,
    timeouts: { firstByteMs: 500, idleMs: 500, totalMs: 3_000 },
    providers: [
      { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'], keys: ['vault:lab'] },
      { id: 'second', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'], keys: ['env:LAB_KEY'] },
    ],
  };
  return startGateway({ dataDir, config, environment: { LAB_KEY: canary.environmentKey } });
}

const requestBody = (model: string, more: object = {}) =>
  JSON.stringify({
    model,
    user: canary.userName,
    messages: [
      { role: 'user', content: canary.prompt },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify({ street: canary.toolArgument }) } },
        ],
      },
    ],
    ...more,
  });

async function ask(gateway: RunningGateway, changes: Parameters<typeof attackBytes>[1]): Promise<void> {
  const more = [`X-Title: ${canary.title}`];
  const answer = await exchangeRaw(gateway.port, attackBytes(gateway, { more, body: requestBody('lab/m'), ...changes }));
  if (answer.status >= 400) errorBodies.push(answer.body);
}

/** What a provider may do wrong; it can only say back the key that it was sent. */
const failuresWith = (key: string): Answer[] => [
  json({ error: { message: 'no', code: 'x' } }, { status: 400 }),
  json({ error: { message: `bad key ${key}` } }, { status: 401 }),
  redirect('http://evil.example/'),
  truncated({ choices: [{ message: { content: canary.answer } }] }, 40),
  sse([{ choices: [{ index: 0, delta: { content: canary.answer } }] }], { end: 'reset', gapMs: 20 }),
  json({ error: key }),
  [{ end: 'stall' }],
];

/** Every kind of request and every kind of failure, once. */
async function runEverything(gateway: RunningGateway): Promise<void> {
  for (const [model, key] of [
    ['lab/m', canary.vaultKey],
    ['second/m', canary.environmentKey],
  ] as const) {
    for (const stream of [false, true]) await ask(gateway, { body: requestBody(model, { stream }) });
    for (const failure of failuresWith(key)) {
      upstream.use(failure);
      await ask(gateway, { body: requestBody(model, { stream: failure.length > 3 }) });
    }
    upstream.use(openAiScript({ text: canary.answer, gapMs: 1 }));
  }
  await ask(gateway, { body: requestBody('no-such-model') });
  await ask(gateway, { body: requestBody('lab/m').slice(0, -1) });
  await ask(gateway, { body: requestBody('lab/m', { stream: 'yes' }) });
  await ask(gateway, { headers: { 'Content-Type': 'text/plain' } });
  for (const wrong of [canary.wrongKey, canary.otherKey]) {
    await ask(gateway, { headers: { Authorization: `Bearer ${wrong}` } });
    await ask(gateway, { headers: { Authorization: undefined, 'x-api-key': wrong } });
    await ask(gateway, { headers: { Authorization: undefined }, target: `/v1/chat/completions?key=${wrong}` });
  }
  await ask(gateway, { target: '/v1/embeddings', body: JSON.stringify({ model: 'lab/m', input: canary.prompt }) });
  await ask(gateway, { target: '/v1/completions', body: JSON.stringify({ model: 'lab/m', prompt: canary.prompt }) });
  await ask(gateway, { target: `/${canary.prompt}` });
  await gateway.call('secrets.set', { name: 'gone', value: canary.vaultKey });
  await gateway.call('secrets.delete', { name: 'gone' });
  await gateway.call('providers.check', { id: 'lab' });
  await gateway.call('secrets.set', { name: 'lab', value: '   ' }).catch((error: unknown) => errorBodies.push(String(error)));
}

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript({ text: canary.answer, gapMs: 1 }));
  dataDir = makeDataDir();
  const first = await start();
  gateways.push(first);
  await first.call('secrets.set', { name: 'lab', value: canary.vaultKey });
  await runEverything(first);
  upstream.use(openAiScript({ text: `${canary.answer} `.repeat(500), gapMs: 20 }));
  const stream = openRawStream(
    first.port,
    { model: 'lab/m', stream: true, messages: [{ role: 'user', content: canary.prompt }] },
    { key: first.clientKey },
  );
  await stream.until(canary.answer);
  // What was noted of it is on its way to the disk, which is when a crash is worst.
  await delay(20);
  await first.kill();
  upstream.use(openAiScript({ text: canary.answer }));
  const second = await start();
  gateways.push(second);
  await ask(second, {});
});
afterAll(async () => {
  await gateways.at(-1)?.stop();
  await upstream.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Everything that was secret, the keys and tokens of this very run included. */
const secrets = () => ({
  ...canary,
  ...Object.fromEntries(
    gateways.flatMap(({ clientKey, ready }, run) => [
      [`client key ${run}`, clientKey.slice(12)],
      [`token ${run}`, ready.controlToken],
    ]),
  ),
});

test('the search finds each word in each of its spellings, so that finding nothing means something', () => {
  for (const [name, word] of Object.entries(secrets())) {
    for (const spelling of spellings(word))
      expect(heldBy(Buffer.concat([Buffer.from('xx'), spelling, Buffer.from('yy')]), { [name]: word })).toEqual([name]);
    expect(heldBy(Buffer.from(JSON.stringify({ a: Buffer.from(`:${word}:`).toString('base64') })), { [name]: word })).toEqual([
      name,
    ]);
  }
  expect(errorBodies.length).toBeGreaterThan(20);
});

test('S-01 S-05 S-06 no key, no token, no word of a prompt or an answer is in any file of the data folder, after a crash too', () => {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['gatehouse.db', 'gatehouse.db-wal', 'config.json']));
  for (const { name, parentPath } of files)
    expect({ [name]: heldBy(readFileSync(join(parentPath, name)), secrets()) }).toEqual({ [name]: [] });
});

test("S-02 none of it is in the program's own log, which had something to say", () => {
  const text = gateways.map(({ stderr }) => stderr).join('');
  expect(text).toContain('unfinished');
  expect(heldBy(Buffer.from(text), secrets())).toEqual([]);
});

test('S-01 C-22 none of it is in the errors that clients were told', () => {
  for (const body of errorBodies) expect({ [body]: heldBy(Buffer.from(body), secrets()) }).toEqual({ [body]: [] });
});

test('S-01 no call gives a key back: only its last four characters are told', async () => {
  const gateway = gateways.at(-1);
  const answers = [
    await gateway?.call('secrets.list', {}),
    await gateway?.call('config.get', {}),
    await gateway?.call('config.versions', {}),
    await gateway?.call('clients.list', {}),
    await gateway?.call('status.get', {}),
    await gateway?.call('requests.list', { limit: 500 }),
  ];
  expect(heldBy(Buffer.from(JSON.stringify(answers)), secrets())).toEqual([]);
  expect(JSON.stringify(answers[0])).toContain(canary.vaultKey.slice(-4));
});

test('S-03 printing a secret in any way prints no part of it', () => {
  const secret = new Secret(canary.vaultKey);
  const prints = [
    `${secret}`,
    String(secret),
    inspect(secret),
    inspect({ secret }, { depth: 9, showHidden: true }),
    JSON.stringify({ secret }),
    Object.values(secret).join(),
  ];
  for (const print of prints) expect(print).not.toContain('canary');
});
