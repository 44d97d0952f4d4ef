/** Holds the relay to the table of attacks by a hostile or broken provider (U): what it says never goes further than it should. */
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { attack, codeOf, corsHeadersOf, expectProtected, soundBody } from '../support/hostile-requests.ts';
import { exchangeRaw, type RawAnswer } from '../support/raw-http.ts';
import { attackBytes } from '../support/hostile-requests.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, body, head, json, redirect, sse } from '../support/upstream-answers.ts';

const key = 'sk-canary-9b8d77aa01c2';
const good = {
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
};
const chunk = (content: string) => ({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] });
const streamBody = soundBody.replace('{', '{"stream":true,');

let upstream: ScriptedUpstream;
/** Where a provider may point to: nobody must ever come here. */
let trap: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  trap = await startScriptedUpstream();
  const provider = {
    id: 'lab',
    kind: 'openai-compatible' as const,
    baseUrl: upstream.baseUrl,
    models: ['m'],
    keys: ['env:LAB_KEY'],
  };
  gateway = await startGateway({ config: { version: 1, providers: [provider] }, environment: { LAB_KEY: key } });
});
afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  expect(gateway.stderr).not.toContain(key);
  await gateway.stop();
  await upstream.stop();
  await trap.stop();
});
beforeEach(() => upstream.use(json(good)));

interface Told {
  readonly answer: RawAnswer;
  readonly row: RequestDetail;
}

/** Lets the provider answer this to everything, and returns what the client and the log were told. */
async function tell(script: Answer, sent = soundBody): Promise<Told> {
  upstream.use(script);
  const answer = await exchangeRaw(gateway.port, attackBytes(gateway, { body: sent }));
  expectProtected(answer);
  const row = await gateway.call('requests.get', { id: answer.headers.get('x-request-id') ?? '' });
  return { answer, row };
}

describe('U-01 redirects', () => {
  const destinations = () => [
    `${trap.origin}/v1/x`,
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:1/',
    '//evil.example/',
    '/v1/elsewhere',
    `${upstream.origin}/v1/loop`,
  ];

  test.each([301, 302, 303, 307, 308])(
    'U-01 a %i to anywhere is never followed: 502, and the key goes nowhere',
    async (status) => {
      for (const location of destinations()) {
        const before = upstream.requests.length;
        const { answer, row } = await tell(redirect(location, status));
        expect([answer.status, codeOf(answer), row.errorKind]).toEqual([502, 'upstream_redirect', 'upstream-redirect']);
        expect(answer.headers.has('location')).toBe(false);
        expect(answer.body).not.toContain(location);
        expect(upstream.requests).toHaveLength(before + 1);
      }
      expect(trap.requests).toHaveLength(0);
    },
  );

  test('U-01 neither a key check nor a model list follows one', async () => {
    upstream.use(redirect(`${trap.origin}/v1/models`, 302));
    expect(await gateway.call('providers.check', { id: 'lab' })).toMatchObject({ ok: false });
    const { document } = await gateway.call('config.get', {});
    const listing = { id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl, keys: ['env:LAB_KEY'] };
    await gateway.call('config.apply', { config: { ...document, providers: [listing] } });
    await expect(gateway.call('providers.models', { id: 'lab' })).rejects.toMatchObject({ kind: 'unavailable' });
    await gateway.call('config.apply', { config: document });
    expect(trap.requests).toHaveLength(0);
  });
});

describe('U-04 U-09 answers of the wrong kind', () => {
  const text = JSON.stringify(good);
  test.each([
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['gzip, gzip', gzipSync(gzipSync(text))],
    ['GZIP', gzipSync(text)],
    ['x-unknown', text],
  ])('U-04 a body in the encoding %s, which nobody asked for, is refused undecoded', async (encoding, bytes) => {
    const { answer, row } = await tell(body(bytes, { headers: { 'content-encoding': encoding } }));
    expect([answer.status, codeOf(answer), row.errorKind]).toEqual([502, 'upstream_protocol', 'upstream-protocol']);
    expect(upstream.requests.at(-1)?.header('accept-encoding')).toBe('identity');
    expect(answer.headers.has('content-encoding')).toBe(false);
  });

  const page = '<html><title>Sign in to hotel-canary</title></html>';
  test.each([
    ['an HTML page', body(page, { headers: { 'content-type': 'text/html' } }), soundBody],
    ['an HTML page that claims to be JSON', body(page), soundBody],
    ['an HTML page for a stream', body(page, { headers: { 'content-type': 'text/html' } }), streamBody],
    ['an event stream where JSON was wanted', sse([chunk('hotel-canary'), '[DONE]']), soundBody],
    ['JSON where an event stream was wanted', json({ ...good, id: 'hotel-canary' }), streamBody],
    ['no content type', body(page, { headers: { 'content-type': '' } }), soundBody],
    ['an array', json(['hotel-canary']), soundBody],
    ['two values', body('{"a":"hotel-canary"}{}'), soundBody],
  ])('U-09 %s with status 200 is 502, and nothing of it is passed on', async (_name, script, sent) => {
    const { answer, row } = await tell(script, sent);
    expect(answer.status).toBe(502);
    expect(codeOf(answer)).toMatch(/^upstream_(?:protocol|truncated)$/);
    expect(answer.body).not.toContain('hotel-canary');
    expect(row).toMatchObject({ state: 'upstream_error', status: 502 });
  });

  test.each([200, 400, 500])('U-09 an HTML page with status %i never reaches the client as a page', async (status) => {
    const { answer } = await tell(body(page, { status, headers: { 'content-type': 'text/html' } }));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.body).not.toContain('<html');
  });
});

describe('U-08 headers', () => {
  const hostile = {
    'set-cookie': 'session=1',
    location: 'http://evil.example/',
    'access-control-allow-origin': '*',
    'access-control-allow-credentials': 'true',
    'strict-transport-security': 'max-age=1',
    'alt-svc': 'h3=":443"',
    'www-authenticate': 'Basic realm="evil"',
    'proxy-authenticate': 'Basic',
    'clear-site-data': '"*"',
    refresh: '0; url=http://evil.example',
    link: '<http://evil.example>; rel=preload',
    'content-security-policy': 'default-src *',
    'cross-origin-resource-policy': 'cross-origin',
    'x-request-id': 'evil',
    'x-gatehouse-provider': 'evil',
    'x-should-retry': 'true',
    server: 'evil/1',
    'x-powered-by': 'evil',
    'keep-alive': 'timeout=99999',
    trailer: 'x-evil',
    'x-evil': 'x'.repeat(8_000),
    'content-disposition': 'attachment; filename=evil.exe',
  };
  const allowed = { 'x-ratelimit-remaining-requests': '7', 'openai-processing-ms': '12', 'retry-after': '99' };
  const ours =
    /^(?:x-content-type-options|cache-control|cross-origin-resource-policy|content-security-policy|referrer-policy|x-request-id|x-gatehouse-(?:provider|model|attempts|cache|rule|cost-usd)|x-should-retry|content-type|content-length|date|connection|keep-alive|transfer-encoding)$/;

  test.each([
    ['a good answer', json(good, { headers: { ...hostile, ...allowed } }), soundBody],
    ['an error', json({ error: { message: 'no' } }, { status: 400, headers: { ...hostile, ...allowed } }), soundBody],
    ['a stream', sse([chunk('hi'), '[DONE]'], { headers: { ...hostile, ...allowed } }), streamBody],
  ])(
    'U-08 of the headers of %s only rate limits and times pass; no cookie, no permission, no name of ours',
    async (_name, script, sent) => {
      const { answer } = await tell(script, sent);
      expect([...answer.headers.keys()].filter((name) => !ours.test(name)).toSorted()).toEqual(Object.keys(allowed).toSorted());
      expect(corsHeadersOf(answer)).toEqual([]);
      expect([...answer.headers.values()].join('\n')).not.toMatch(/evil/);
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
    },
  );

  test('U-08 a value that is not plain text cannot end a header', async () => {
    const { answer } = await tell(
      json(good, { headers: { 'x-ratelimit-remaining': 'a\u0080\u00ff', 'x-ratelimit-reset': 'a\tb' } }),
    );
    expect(answer.status).toBe(200);
    for (const name of ['x-ratelimit-remaining', 'x-ratelimit-reset']) expect(answer.headers.get(name)).toMatch(/^[\x20-\x7e]*$/);
  });

  test('U-08 headers without end are 502', async () => {
    const { answer } = await tell(json(good, { headers: { 'x-ratelimit-long': 'x'.repeat(100_000) } }));
    expect([answer.status, codeOf(answer)]).toEqual([502, 'upstream_protocol']);
  });
});

describe('U-10 usage', () => {
  const wholeWith = (usage: unknown) => body(JSON.stringify({ ...good, usage: 'USAGE' }).replace('"USAGE"', String(usage)));
  const counts = (value: string) => `{"prompt_tokens":${value},"completion_tokens":${value},"total_tokens":${value}}`;

  test.each(['-1', '1e300', '1.5', '"12"', 'null', 'true', '[1]', '{}', '1e11', '-0.5'])(
    'U-10 a count of %s is not believed: the row holds a marked guess',
    async (value) => {
      const { answer, row } = await tell(wholeWith(counts(value)));
      expect(answer.status).toBe(200);
      expect(row.usage.estimated).toBe(true);
      expect(row.usage.inputTokens).toBeGreaterThan(0);
      expect(row.usage.inputTokens).toBeLessThan(1_000);
    },
  );

  test.each(['null', '"none"', '[]', '{}'])('U-10 usage %s counts as missing', async (usage) => {
    expect((await tell(wholeWith(usage))).row.usage.estimated).toBe(true);
  });

  test('U-10 an explicit zero stays zero', async () => {
    const { row } = await tell(wholeWith(counts('0')));
    expect(row.usage).toMatchObject({ inputTokens: 0, outputTokens: 0, estimated: false });
  });

  test('U-10 a usage object of a megabyte is counted but not kept', async () => {
    const { row } = await tell(wholeWith(`{"prompt_tokens":3,"completion_tokens":4,"note":"${'x'.repeat(1_000_000)}"}`));
    expect(row.usage).toMatchObject({ inputTokens: 3, outputTokens: 4, estimated: false });
    expect(row.rawUsageJson).toBeNull();
  });
});

describe('U-13 U-16 too much of it', () => {
  const piece = Buffer.alloc(256 * 1024, 0x61);

  test('U-13 of an error body of 100 MB little is read, and the connection is given up', async () => {
    let sent = 0;
    const pieces = Array.from({ length: 400 }, () => ({
      get write() {
        sent += piece.length;
        return piece;
      },
    }));
    const start = head(400, { 'content-type': 'application/json', 'content-length': String(400 * piece.length) });
    const startedAt = performance.now();
    const { answer, row } = await tell([start, ...pieces, { end: 'stall' }]);
    expect([answer.status, row.errorKind]).toEqual([400, 'upstream-refused']);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await upstream.requests.at(-1)?.connectionClosedAtMs;
    // What the two sockets' buffers take counts as sent.
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test('U-16 an early hint is passed over, a flood of them ends the call', async () => {
    const hint = { write: 'HTTP/1.1 103 Early Hints\r\nlink: <http://evil.example>; rel=preload\r\n\r\n' };
    const { answer } = await tell([hint, hint, ...json(good)]);
    expect([answer.status, answer.headers.has('link')]).toEqual([200, false]);
    const flood = Array.from({ length: 10_000 }, () => hint);
    const startedAt = performance.now();
    const flooded = await tell([...flood, { end: 'stall' }]);
    expect([flooded.answer.status, codeOf(flooded.answer)]).toEqual([502, 'upstream_protocol']);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('U-16 trailers are dropped', async () => {
    const text = JSON.stringify(good);
    const chunked = `${text.length.toString(16)}\r\n${text}\r\n0\r\nSet-Cookie: a=b\r\nX-Evil: 1\r\n\r\n`;
    const { answer } = await tell([
      head(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked', trailer: 'x-evil' }),
      { write: chunked },
      { end: 'keep' },
    ]);
    expect([answer.status, answer.headers.has('x-evil'), answer.headers.has('set-cookie')]).toEqual([200, false, false]);
  });
});

describe('S-01 a provider that says our key back', () => {
  const said = { error: { message: `Wrong key ${key} given`, type: 'x', code: 'y' } };
  test.each([
    ['400', json(said, { status: 400 }), soundBody],
    ['401', json(said, { status: 401 }), soundBody],
    ['429', json(said, { status: 429, headers: { 'retry-after': '99' } }), soundBody],
    ['500', json(said, { status: 500 }), soundBody],
    ['200 with an error', json(said), soundBody],
    ['200 with an error as text', json({ error: `key ${key}` }), soundBody],
    ['an event before any content', sse([said]), streamBody],
    ['an event after content', sse([chunk('hi'), said], { gapMs: 30 }), streamBody],
  ])('S-01 in %s tells it neither to the client nor to the log', async (_name, script, sent) => {
    const { answer, row } = await tell(script, sent);
    expect(answer.body).not.toContain(key);
    expect(JSON.stringify(row)).not.toContain(key);
    expect(answer.body).toContain('error');
    expect(row.state).toBe('upstream_error');
  });
});

test('after all of it the gateway still answers', async () => {
  expect((await attack(gateway, {})).status).toBe(200);
});
