/** `x-gatehouse-strict: true`: what would lose something is refused before anything is sent, and by name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postsTo, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { answerWith, doors } from '../support/matrix/cells.ts';
import { type MatrixLab, nameOf, speakers, startMatrixLab } from '../support/matrix/matrix-lab.ts';
import { reach } from '../support/matrix/reach.ts';
import type { Ask, Speaker } from '../support/matrix/sayings.ts';
import { said } from '../support/matrix/scenarios.ts';
import { startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';

let lab: MatrixLab;

beforeAll(async () => {
  lab = await startMatrixLab();
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const chatDoors = doors.filter(({ name }) => name !== 'openai-completions' && name !== 'ollama-generate');
const pairs = chatDoors.flatMap((door) => speakers.map((speaker) => ({ door, speaker })));

/** What a program of each door writes, with a field that means something to nobody. */
function lossy(door: string, model: string): readonly [path: string, body: object] {
  const messages = [{ role: 'user', content: 'hi' }];
  const unknown = { no_such_field: { a: 1 } };
  if (door === 'openai-responses') return ['/v1/responses', { model, input: 'hi', ...unknown }];
  if (door === 'anthropic-messages') return ['/v1/messages', { model, max_tokens: 9, messages, ...unknown }];
  if (door === 'ollama') return ['/api/chat', { model, messages, stream: false, options: { num_predict: 9 }, ...unknown }];
  if (door !== 'gemini') return ['/v1/chat/completions', { model, messages, max_tokens: 9, ...unknown }];
  return [`/v1beta/models/${model}:generateContent`, { contents: [{ parts: [{ text: 'hi' }] }], ...unknown }];
}

async function post(path: string, body: object, strict: string): Promise<{ status: number; value: unknown; headers: Headers }> {
  const { url, key } = lab.access;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-gatehouse-strict': strict };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, value: await response.json(), headers: response.headers };
}

describe.each(pairs)('$door.name → $speaker.dialect', ({ door, speaker }) => {
  test.each([true, false])('what loses nothing passes (streamed: %s)', async (stream) => {
    const ask: Ask = { stream, turns: [{ role: 'user', text: 'Hi.' }], system: 'Be kind.', maxTokens: 300, strict: true };
    const reply = () => answerWith(speaker, { text: said, finish: 'stop' }, stream);
    const { seen, heard, row } = await lab.ask({ door, model: nameOf(speaker), ask, reply });
    expect(seen?.text).toBe(said);
    expect(heard).toHaveLength(1);
    expect(row.fidelity?.dropped ?? []).toEqual([]);
  });
});

const translated = pairs.filter(({ door, speaker }) => door.name !== speaker.dialect);

describe.each(translated)('$door.name → $speaker.dialect, translated', ({ door, speaker }) => {
  test('a field that would be lost is refused by its name, and nothing is sent', async () => {
    const [path, body] = lossy(door.name, nameOf(speaker));
    const { status, value, headers } = await post(path, body, 'true');
    expect(status).toBe(400);
    expect(JSON.stringify(value)).toContain('no_such_field');
    if (door.name.startsWith('openai')) {
      expect(reach(value, 'error')).toMatchObject({ code: 'lossy_translation', param: 'no_such_field' });
    }
    const row = await lab.gateway.call('requests.get', { id: headers.get('x-request-id') ?? '' });
    expect(row).toMatchObject({ state: 'rejected', errorKind: 'untranslatable', status: 400, firstTokenMs: null });
    expect(row.attemptList).toMatchObject([{ status: null, errorKind: 'untranslatable' }]);
    expect(row.fidelity?.dropped.map(({ field }) => field)).toEqual(['no_such_field']);
  });
});

describe('an alias whose first target would lose something', () => {
  let near: ScriptedUpstream;
  const speakerOf = (name: string) => speakers.find(({ dialect }) => dialect === name) as Speaker;

  test('is answered by its second, which says all of it', async () => {
    near = await startScriptedUpstream(({ method }) =>
      method === 'POST' ? json(speakerOf('openai-chat').whole({ text: said, finish: 'stop' })) : json({ data: [] }),
    );
    await using far = await startScriptedUpstream(json(speakerOf('anthropic-messages').whole({ text: said, finish: 'stop' })));
    await using gateway = await startGateway({
      config: {
        version: 1,
        providers: [
          { id: 'far', kind: 'anthropic-compatible', baseUrl: far.baseUrl },
          { id: 'near', kind: 'openai-compatible', baseUrl: near.baseUrl },
        ],
        aliases: { both: { targets: ['far/m', 'near/m'] } },
      },
    });
    const body = { model: 'both', messages: [{ role: 'user', content: 'hi' }], max_tokens: 9, seed: 7 };
    const headers = {
      authorization: `Bearer ${gateway.clientKey}`,
      'x-gatehouse-strict': 'true',
      'content-type': 'application/json',
    };
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) });
    await near.stop();
    expect(response.status).toBe(200);
    expect(response.headers.get('x-gatehouse-provider')).toBe('near');
    expect(response.headers.get('x-gatehouse-translated')).toBeNull();
    expect(postsTo(far)).toEqual([]);
  });
});
