/** Holds translation to the table of attacks by a hostile provider (U) and a hostile client (C): bombs, pollution, keys said back. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorWords, type Hole, holesOf } from '../support/answer-holes.ts';
import { eventually, residentMiB } from '../support/fault-lab.ts';
import { attackBytes } from '../support/hostile-requests.ts';
import { exchangeRaw, type RawAnswer } from '../support/raw-http.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { sendBytes } from '../support/send-bytes.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { body } from '../support/upstream-answers.ts';
import { doorForms, type FormName, formNames, framesOf, soundAnswer, upstreamForms } from '../support/wire-forms.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const key = 'sk-canary-4e1f77aa01c2';
let upstream: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  const providers = formNames.map((name) => ({
    ...upstreamForms[name].provider(upstream.origin),
    models: ['m'],
    keys: ['env:LAB_KEY'],
  }));
  const timeouts = { connectMs: 1_000, firstByteMs: 10_000, idleMs: 10_000, totalMs: 30_000 };
  gateway = await startGateway({ config: { version: 1, timeouts, providers }, environment: { LAB_KEY: key } });
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  expect(gateway.stderr).not.toContain(key);
  await gateway.stop();
  await upstream.stop();
});

interface Told {
  readonly answer: RawAnswer;
  readonly row: string;
  readonly tookMs: number;
}

/** Lets the provider answer with `value` in that hole, and returns what the client and the log were told. */
async function tell(from: FormName, hole: Hole, value: string, to: FormName, isStream: boolean): Promise<Told> {
  const fill = (text: string) => text.replaceAll('VALUE', () => value).replaceAll('"TEXT"', () => JSON.stringify(value));
  const form = upstreamForms[from];
  upstream.use(isStream ? framesOf(form, hole.frames.map(fill)) : body(fill(hole.whole)));
  const door = doorForms[to];
  const model = `${form.id}/m`;
  const sent = { target: door.path(model, isStream), body: JSON.stringify(door.body(model, isStream, 'hi')) };
  const startedAtMs = performance.now();
  const answer = await exchangeRaw(gateway.port, attackBytes(gateway, sent));
  const tookMs = performance.now() - startedAtMs;
  const id = answer.headers.get('x-request-id') ?? '';
  const row = await eventually(async () => {
    const found = await gateway.call('requests.get', { id }).catch(() => null);
    return found && found.state !== 'started' ? JSON.stringify(found) : null;
  }, 'the row is final');
  return { answer, row, tookMs };
}

const depth = 100_000;
const bombs: readonly (readonly [name: string, value: string])[] = [
  ['lists in lists', '['.repeat(depth) + ']'.repeat(depth)],
  ['objects in objects', `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
  ['a list of a million', `[${'0,'.repeat(1_000_000)}0]`],
  ['an object of many names', `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(',')}}`],
  ['names of the program', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
];

/** Clients of two formats a bomb, other ones for each, and of all in the full run. */
function clientsFor(from: FormName, turn: number): readonly FormName[] {
  if (isFull) return formNames;
  const first = (formNames.indexOf(from) + turn) % formNames.length;
  return formNames.filter((_, place) => place === first || place === (first + 2) % formNames.length);
}

/** What a whole answer fails with is asked again, after pauses: that once is enough. */
const isSlow = (hole: Hole, isStream: boolean, turn: number): boolean =>
  !isFull && !isStream && turn > 0 && hole.where === errorWords;

describe.each(formNames)('U-05 U-12 a provider of %s', (from) => {
  test.each(bombs)('answers %s: in time, whole or as an error, to clients of other formats and its own', async (name, value) => {
    const turn = bombs.findIndex(([one]) => one === name);
    for (const hole of holesOf(from)) {
      for (const to of clientsFor(from, turn)) {
        for (const isStream of [false, true]) {
          if (isSlow(hole, isStream, turn)) continue;
          const { answer, row, tookMs } = await tell(from, hole, value, to, isStream);
          const what = `${hole.where}, ${to}, ${isStream}`;
          expect(answer.body, what).not.toMatch(/RangeError|TypeError|call stack/);
          expect([200, 500, 502], what).toContain(answer.status);
          expect(row, what).toMatch(/"state":"(?:ok|upstream_error)"/);
          // Three tries with their pauses are among it.
          expect(tookMs, what).toBeLessThan(5_000);
        }
      }
    }
    expect((await gateway.call('status.get', {})).state).toBe('running');
  });

  test('S-01 says its key back in an error or in its usage: neither client nor log is told it', async () => {
    const said = JSON.stringify(`the key ${key} is bad`);
    const [usage, , error] = holesOf(from);
    for (const to of clientsFor(from, 0)) {
      for (const isStream of [false, true]) {
        for (const hole of [usage, error]) {
          if (!hole) continue;
          const { answer, row } = await tell(from, hole, said, to, isStream);
          expect(row).not.toContain(key);
          if (hole === error || from !== to) expect(answer.body).not.toContain(key);
        }
      }
    }
  });
});

test('U-05 a line of NDJSON without end is cut at its limit, and costs no more memory than that', async () => {
  const form = upstreamForms.ollama;
  const endless = Array.from({ length: 40 }, () => 'x'.repeat(1024 * 1024));
  for (const to of ['openai-chat', 'ollama'] as const) {
    upstream.use(framesOf(form, [form.text('ok'), '{"message":{"content":"', ...endless], { end: 'stall' }));
    const before = residentMiB(gateway.processId);
    const door = doorForms[to];
    const raw = openRawStream(gateway.port, door.body('local/m', true, 'hi'), {
      key: gateway.clientKey,
      path: door.path('', true),
    });
    await raw.ended;
    expect(raw.body).toMatch(/larger than/);
    expect(residentMiB(gateway.processId) - before).toBeLessThan(120);
  }
});

test('U-05 a stream that does not end is cut when a client would have to be given all of it once more', async () => {
  const form = upstreamForms['openai-chat'];
  const text = form.text('x'.repeat(512 * 1024));
  upstream.use(framesOf(form, [...form.opening, ...Array.from({ length: 200 }, () => text)], { end: 'stall' }));
  const door = doorForms['openai-responses'];
  const answered = await sendBytes({
    url: `${gateway.url}${door.path('', true)}`,
    key: gateway.clientKey,
    pieces: [JSON.stringify(door.body('chat/m', true, 'hi'))],
  });
  expect(answered.complete).toBe(false);
  expect(answered.body.subarray(-2_000).toString()).toContain('does not end');
  expect(answered.body.length).toBeLessThan(80 * 1024 * 1024);
});

test('U-15 what is remembered of thoughts and answers stays within its bounds', async () => {
  const seal = 'S'.repeat(2 * 1024 * 1024);
  const call = (number: number) => ({
    candidates: [
      {
        content: { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: seal.slice(number) }] },
        finishReason: 'STOP',
      },
    ],
  });
  const ask = async (number: number, to: FormName, model: string) => {
    const door = doorForms[to];
    const sent = { target: door.path(model, false), body: JSON.stringify(door.body(model, false, 'hi')) };
    upstream.use(
      model === 'google/m' ? body(JSON.stringify(call(number))) : soundAnswer(upstreamForms['openai-chat'], [seal], false),
    );
    expect((await exchangeRaw(gateway.port, attackBytes(gateway, sent))).status).toBe(200);
  };
  for (let number = 0; number < 20; number += 1) {
    await ask(number, 'openai-chat', 'google/m');
    await ask(number, 'openai-responses', 'chat/m');
  }
  await delay(200);
  const before = residentMiB(gateway.processId);
  for (let number = 20; number < 100; number += 1) {
    await ask(number, 'openai-chat', 'google/m');
    await ask(number, 'openai-responses', 'chat/m');
  }
  // Without bounds another 320 MB would be held.
  expect(residentMiB(gateway.processId) - before).toBeLessThan(150);
});

describe('what a client sends to be translated', () => {
  const post = async (to: FormName, upstreamName: FormName, sent: string) => {
    const form = upstreamForms[upstreamName];
    upstream.use(soundAnswer(form, ['ok'], false));
    const url = `${gateway.url}${doorForms[to].path(`${form.id}/m`, false)}`;
    const startedAtMs = performance.now();
    const answer = await sendBytes({ url, key: gateway.clientKey, pieces: [sent] });
    return { ...answer, tookMs: performance.now() - startedAtMs };
  };
  const other = (name: FormName): FormName => (name === 'anthropic-messages' ? 'openai-chat' : 'anthropic-messages');
  const withField = (name: FormName, field: string, value: string) => {
    const sound = JSON.stringify(doorForms[name].body(`${upstreamForms[other(name)].id}/m`, false, 'hi'));
    return `${sound.slice(0, -1)},"${field}":${value}}`;
  };

  test.each(formNames)(
    'C-11 at the door of %s deep JSON is 400 at once, and long lists are read in bounded time',
    async (name) => {
      const listField = { 'openai-responses': 'input', gemini: 'contents' }[name as string] ?? 'messages';
      for (const [what, value, status] of [
        ['deep lists', '['.repeat(5_000) + ']'.repeat(5_000), [400]],
        ['64 and one', `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`, [400]],
        [
          'a deep schema',
          `[{"type":"function","function":{"name":"f","parameters":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}}]`,
          [400],
        ],
      ] as const) {
        const { status: got, tookMs } = await post(name, other(name), withField(name, 'tools', value));
        expect(status, what).toContain(got);
        expect(tookMs, what).toBeLessThan(1_000);
      }
      const many = `[${Array.from({ length: 1_000_000 }, () => '0').join(',')}]`;
      for (const field of ['tools', listField, 'metadata', 'stop']) {
        const { status, tookMs } = await post(name, other(name), withField(name, field, many));
        expect([200, 400, 413], field).toContain(status);
        expect(tookMs, field).toBeLessThan(4_000);
      }
    },
  );

  test.each(formNames)('C-11 at the door of %s a hundred thousand messages are translated in bounded time', async (name) => {
    const sound = doorForms[name].body(`${upstreamForms[other(name)].id}/m`, false, 'hi') as Record<string, unknown>;
    const field = name === 'gemini' ? 'contents' : name === 'openai-responses' ? 'input' : 'messages';
    const one = name === 'gemini' ? { role: 'user', parts: [{ text: 'hi' }] } : { role: 'user', content: 'hi' };
    const sent = JSON.stringify({ ...sound, [field]: Array.from({ length: 100_000 }, () => one) });
    const { status, tookMs } = await post(name, other(name), sent);
    expect(status).toBe(200);
    expect(tookMs).toBeLessThan(4_000);
  });

  test.each(formNames)('C-10 at the door of %s names of the program are names like others', async (name) => {
    const odd = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}';
    for (const field of ['__proto__', 'constructor', 'metadata', 'tools', 'response_format', 'generationConfig', 'options']) {
      const { status, body: got } = await post(name, other(name), withField(name, field, odd));
      expect([200, 400], field).toContain(status);
      expect(got.toString()).not.toMatch(/polluted|TypeError/);
    }
    const { status } = await post(
      name,
      other(name),
      JSON.stringify(doorForms[name].body(`${upstreamForms[other(name)].id}/m`, false, 'hi')),
    );
    expect(status).toBe(200);
  });

  test('C-10 U-12 a schema and arguments with such names reach the provider as they are', async () => {
    const parameters = '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}';
    const tools = `[{"type":"function","function":{"name":"f","parameters":${parameters}}}]`;
    const call =
      '{"id":"t","type":"function","function":{"name":"f","arguments":"{\\"__proto__\\":{\\"a\\":1},\\"constructor\\":2}"}}';
    const messages = `[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[${call}]},{"role":"tool","tool_call_id":"t","content":"ok"}]`;
    for (const target of ['anthropic-messages', 'gemini', 'ollama', 'openai-responses'] as const) {
      const id = upstreamForms[target].id;
      const { status } = await post('openai-chat', target, `{"model":"${id}/m","messages":${messages},"tools":${tools}}`);
      expect([target, status]).toEqual([target, 200]);
      const received = upstream.requests.at(-1)?.body.toString() ?? '';
      expect(received.match(/__proto__/g)?.length, target).toBe(2);
      expect(received).toMatch(/"?constructor\\?":2/);
    }
  });
});
