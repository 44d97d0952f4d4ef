/** Two providers, in every format: an opening that comes to nothing is unseen, and when both fail the client is told of both. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { eventually, faultTimeouts } from '../support/fault-lab.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json } from '../support/upstream-answers.ts';
import { doorForms, type FormName, formNames, framesOf, soundAnswer, textRead, upstreamForms } from '../support/wire-forms.ts';

const key = 'sk-fault-0123456789';
let upstream: ScriptedUpstream;
let spare: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  spare = await startScriptedUpstream();
  const at = (origin: string, suffix: string) =>
    formNames.map((name) => {
      const provider = upstreamForms[name].provider(origin);
      return { ...provider, id: `${provider.id}${suffix}`, models: ['m'], keys: ['env:FAULT_KEY'] };
    });
  const aliases = Object.fromEntries(
    formNames.map((name) => {
      const { id } = upstreamForms[name];
      return [`both-${id}`, { targets: [`${id}/m`, `${id}-spare/m`] }];
    }),
  );
  gateway = await startGateway({
    config: {
      version: 1,
      timeouts: faultTimeouts,
      reliability: { breaker: { failures: 1_000 } },
      aliases,
      providers: [...at(upstream.origin, ''), ...at(spare.origin, '-spare')],
    },
    environment: { FAULT_KEY: key },
  });
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await gateway.stop();
  await upstream.stop();
  await spare.stop();
});

const finalRow = (id: string): Promise<RequestDetail> =>
  eventually(async () => {
    const row = await gateway.call('requests.get', { id }).catch(() => null);
    return row && row.state !== 'started' ? row : null;
  }, `the row ${id} is final`);

const pairs = formNames.flatMap((door) => formNames.map((provider) => [door, provider] as const));

describe.each(pairs)('a client of %s at providers of %s', (doorName: FormName, upstreamName: FormName) => {
  const [door, form] = [doorForms[doorName], upstreamForms[upstreamName]];

  test.each([
    ['an error', () => framesOf(form, [...form.opening, form.error('Overloaded')], { gapMs: 3 })],
    ['a reset', () => framesOf(form, form.opening, { gapMs: 3, end: 'reset' })],
    ['an end', () => framesOf(form, form.opening, { gapMs: 3 })],
  ])('sees nothing of an opening that %s follows', async (_what, make) => {
    upstream.next(make());
    spare.use(soundAnswer(form, ['From the ', 'other.'], true));
    const model = `both-${form.id}`;
    const facts = { key: gateway.clientKey, path: door.path(model, true) };
    const raw = openRawStream(gateway.port, door.body(model, true, 'Say something.'), facts);
    await raw.until('0\r\n\r\n');
    raw.leave();
    expect(textRead(door, raw.body)).toBe('From the other.');
    expect(raw.body.split(door.terminator)).toHaveLength(2);
    expect(raw.text).toMatch(new RegExp(`x-gatehouse-provider: ${form.id}-spare\r\n`, 'i'));
    const row = await finalRow(raw.requestId);
    expect(row).toMatchObject({
      state: 'ok',
      attempts: 2,
      provider: `${form.id}-spare`,
      usage: { inputTokens: 3, outputTokens: 4 },
    });
  });
});

/** Where each format has the words of an error, and what else makes it one. */
const errorShapes: Readonly<Record<FormName, object>> = {
  'openai-chat': { error: { message: expect.any(String), type: expect.any(String), code: expect.any(String) } },
  'openai-responses': { error: { message: expect.any(String), type: expect.any(String), code: expect.any(String) } },
  'anthropic-messages': { type: 'error', error: { type: expect.any(String), message: expect.any(String) } },
  gemini: { error: { code: 502, message: expect.any(String), status: expect.any(String) } },
  ollama: { error: expect.any(String) },
};

describe.each(pairs)('a client of %s whose providers of %s both fail', (doorName: FormName, upstreamName: FormName) => {
  const [door, form] = [doorForms[doorName], upstreamForms[upstreamName]];

  test.each([true, false])(
    'is told of both in its own format, without a key, and not to try again (stream: %s)',
    async (isStream) => {
      const secretive = (status: number): Answer => json({ error: { message: `Broken for ${key}.` } }, { status });
      upstream.next(secretive(500));
      spare.use(secretive(401));
      const response = await fetch(`${gateway.url}${door.path(`both-${form.id}`, isStream)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(door.body(`both-${form.id}`, isStream, 'Say something.')),
      });
      const text = await response.text();
      expect([response.status, response.headers.get('x-should-retry'), response.headers.get('x-gatehouse-attempts')]).toEqual([
        502,
        'false',
        '2',
      ]);
      expect(JSON.parse(text)).toMatchObject(errorShapes[doorName]);
      expect(text).toContain(`2 attempts: ${form.id}/m: answered 500`);
      expect(text).toContain(`${form.id}-spare/m: refused its key (401)`);
      const row = await finalRow(response.headers.get('x-request-id') ?? '');
      expect(row.attemptList.map(({ status }) => status)).toEqual([500, 401]);
      expect(text + JSON.stringify([...response.headers, row])).not.toContain(key);
    },
  );
});
