/** A request that must stay on this machine, by every door and under every name: nobody elsewhere ever hears of it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { dialectNames } from '../../gateway/contract/dialect-names.ts';
import { openAiScript } from '../support/openai-script.ts';
import { postsTo, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json, redirect } from '../support/upstream-answers.ts';

let gateway: RunningGateway;
let far: ScriptedUpstream;
let near: ScriptedUpstream;

const cloud = [
  'x:cloud',
  'x:120b-cloud',
  'X:120B-CLOUD',
  'x-cloud',
  'x:Cloud',
  'x: cloud',
  'x:cloud ',
  'x:cloud\u00a0',
  'x:cloud\t',
  'x:cloud\u0085',
];
const models = [
  'm',
  'quick',
  'far/m',
  'far/home/m',
  'home/m',
  ...cloud.flatMap((name) => [`home/${name}`, `side/${name}`, name]),
];

beforeAll(async () => {
  far = await startScriptedUpstream(openAiScript({ text: 'far' }));
  near = await startScriptedUpstream();
  const other = (id: string, baseUrl: string) => ({
    id,
    kind: 'openai-compatible' as const,
    baseUrl,
    dialects: [...dialectNames],
  });
  const config: GatewayConfigDocument = {
    version: 1,
    providers: [
      { ...other('far', far.baseUrl), models: ['m', ...cloud.slice(0, 6)], forwards: true },
      { id: 'home', kind: 'ollama', baseUrl: near.origin, models: ['m'] },
      { ...other('side', near.baseUrl), models: ['m', 'x:cloud'] },
      { id: 'talk', kind: 'openai-compatible', baseUrl: near.baseUrl, models: ['m'], dialects: ['openai-chat'] },
    ],
    aliases: { quick: { targets: ['far/m', 'home/x:cloud', 'side/x:cloud', 'home/m'] } },
    policy: {
      rules: [
        { name: 'away', when: { header: { 'x-away': true } }, use: ['far/m', 'quick'] },
        {
          name: 'secrets stay',
          when: { sensitivity: 'secret' },
          pin: 'local',
          fallbacks: { overload: ['far/m'], timeout: ['far/m'], contextTooLong: ['far/m'], contentPolicy: ['far/m'] },
          shadow: { target: 'far/m', share: 1, maxPerDay: 100_000 },
        },
      ],
    },
  };
  const proxy = { HTTP_PROXY: far.origin, http_proxy: far.origin, ALL_PROXY: far.origin, NO_PROXY: '', NODE_USE_ENV_PROXY: '1' };
  gateway = await startGateway({ config, environment: proxy });
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway/);
  // The surroundings name it as a proxy.
  expect(far.requests.filter(({ target }) => !target.startsWith('/'))).toEqual([]);
  await gateway.stop();
  await Promise.all([far.stop(), near.stop()]);
});

const turns = { messages: [{ role: 'user', content: 'The code is 4711.' }], max_tokens: 9 };
const contents = { contents: [{ parts: [{ text: 'The code is 4711.' }] }] };
const doors: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', turns],
  ['/v1/chat/completions', { ...turns, stream: true }],
  ['/v1/responses', { input: 'The code is 4711.' }],
  ['/v1/responses', { input: 'The code is 4711.', previous_response_id: 'resp_elsewhere' }],
  ['/v1/responses/input_tokens', { input: 'The code is 4711.' }],
  ['/v1/completions', { prompt: 'The code is 4711.', suffix: 'end' }],
  ['/v1/completions', { prompt: 'The code is 4711.' }],
  ['/v1/embeddings', { input: 'The code is 4711.' }],
  ['/v1/messages', turns],
  ['/v1/messages/count_tokens', turns],
  ['/v1beta/models/{model}:generateContent', contents],
  ['/v1beta/models/{model}:streamGenerateContent', contents],
  ['/v1beta/models/{model}:countTokens', contents],
  ['/v1beta/models/{model}:embedContent', { content: contents.contents[0] }],
  ['/v1beta/models/{model}:batchEmbedContents', { requests: [{ content: contents.contents[0] }] }],
  ['/api/chat', turns],
  ['/api/generate', { prompt: 'The code is 4711.' }],
  ['/api/embed', { input: 'The code is 4711.' }],
  ['/api/embeddings', { prompt: 'The code is 4711.' }],
  ['/api/show', {}],
  ['/v1/images/generations', { prompt: 'The code is 4711.' }],
  ['/v1/audio/speech', { input: 'The code is 4711.', voice: 'v' }],
  ['/v1/moderations', { input: 'The code is 4711.' }],
  ['/v1/rerank', { query: 'The code is 4711.', documents: ['a'] }],
];

const isCloud = (text: string) => /x[^"]{0,9}cloud/i.test(text);

async function ask(path: string, model: string, body: object, headers: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(gateway.url + path.replace('{model}', encodeURIComponent(model)), {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, ...body }),
  });
  await response.arrayBuffer();
  return response.status;
}

beforeEach(() => near.use(json({ error: { message: 'No such model.' } }, { status: 404 })));

test.each(doors)('%s %j stays here under every name', async (path, body) => {
  const heard = postsTo(far).length;
  for (const model of models) {
    for (const headers of [{}, { 'x-away': 'yes', 'x-gatehouse-task': 'code', 'x-gatehouse-provider': 'far' }]) {
      const before = postsTo(near).length;
      await ask(path, model, body, { ...headers, 'x-gatehouse-sensitivity': 'secret' });
      const asked = postsTo(near)
        .slice(before)
        .map((one) => one.target + one.body.toString());
      expect([model, asked.filter(isCloud)]).toEqual([model, []]);
    }
  }
  expect(postsTo(far).length).toBe(heard);
});

const failures: readonly (readonly [what: string, answer: Answer])[] = [
  ['is overloaded', json({ error: { message: 'Busy.' } }, { status: 503 })],
  ['refuses the key', json({ error: { message: 'Who?' } }, { status: 401 })],
  ['cannot read so much', json({ error: { message: 'Too long.', code: 'context_length_exceeded' } }, { status: 400 })],
  ['does not like the words', json({ error: { message: 'No.', code: 'content_filter' } }, { status: 400 })],
  ['breaks off', [{ end: 'reset' }]],
];

test.each(failures)('when who may be asked %s, nobody else is', async (_what, answer) => {
  const heard = postsTo(far).length;
  near.use(answer);
  const before = postsTo(near).length;
  const status = await ask('/v1/chat/completions', 'quick', turns, { 'x-gatehouse-sensitivity': 'secret', 'x-away': 'yes' });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(postsTo(near).length).toBeGreaterThan(before);
  expect(postsTo(far).length).toBe(heard);
});

test('a server on this machine that points elsewhere is not followed', async () => {
  const heard = far.requests.length;
  for (const status of [302, 307, 308]) {
    near.use(redirect(`${far.baseUrl}/chat/completions`, status));
    expect(await ask('/v1/chat/completions', 'home/m', turns, { 'x-gatehouse-sensitivity': 'secret' })).toBe(502);
  }
  expect(far.requests.length).toBe(heard);
});

test('a conversation that was kept here stays here when it is continued, whatever the next request says', async () => {
  near.use(openAiScript({ text: 'near' }));
  const asked = async (body: object, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { readonly id: string };
    return { status: response.status, provider: response.headers.get('x-gatehouse-provider'), answer };
  };
  const heard = postsTo(far).length;
  const first = await asked({ model: 'talk/m', input: 'The code is 4711.' }, { 'x-gatehouse-sensitivity': 'secret' });
  expect([first.status, first.provider]).toEqual([200, 'talk']);
  const next = { input: 'Say it again.', previous_response_id: first.answer.id };
  const refused = await asked({ model: 'far/m', ...next }, {});
  expect(refused.status).toBe(404);
  const second = await asked({ model: 'talk/m', ...next }, {});
  expect([second.status, second.provider]).toEqual([200, 'talk']);
  const third = await asked({ model: 'far/m', input: 'Again.', previous_response_id: second.answer.id }, {});
  expect(third.status).toBe(404);
  expect(postsTo(far).length).toBe(heard);
  expect((await asked({ model: 'far/m', input: 'Something else.' }, {})).provider).toBe('far');
});

test('a model that its server lists as run elsewhere is not asked, whatever it is called', async () => {
  const elsewhere = { remote_model: 'kimi-k2', remote_host: 'https://ollama.com:443' };
  const tags = { models: [{ name: 'mine:latest', ...elsewhere }, { name: 'own:latest' }] };
  await using server = await startScriptedUpstream(({ target }) =>
    target.endsWith('/api/tags') ? json(tags) : json({ error: 'no such model' }, { status: 404 }),
  );
  const providers = [{ id: 'home', kind: 'ollama' as const, baseUrl: server.origin }];
  const rules = [{ name: 'all stays', pin: 'local' as const }];
  await using own = await startGateway({ config: { version: 1, providers, policy: { rules } } });
  await own.call('providers.models', { id: 'home' });
  const askOwn = (model: string) =>
    fetch(`${own.url}/api/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own.clientKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, ...turns }),
    }).then((response) => response.text());
  for (const model of ['home/mine', 'home/mine:latest', 'home/MINE', 'mine:latest']) {
    expect(await askOwn(model)).toContain('does not run on this machine');
  }
  expect(postsTo(server)).toEqual([]);
  await askOwn('home/own');
  expect(postsTo(server)).toHaveLength(1);
});
