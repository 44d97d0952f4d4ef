/** What becomes of sound, forms and images when something breaks: the client is told all of it, or sees that it is not all. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, type FaultLab, startFaultLab } from '../support/fault-lab.ts';
import { formBytes, formType } from '../support/form-bytes.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { type BytesReceived, sendBytes } from '../support/send-bytes.ts';
import { type Answer, body, head, json, stream, type Step } from '../support/upstream-answers.ts';

let lab: FaultLab;

beforeAll(async () => {
  const provider = { kind: 'openai-compatible' as const, models: ['m'] };
  lab = await startFaultLab(
    {
      providers: [{ id: 'keys', ...provider, baseUrl: 'http://127.0.0.1:9/v1', keys: ['env:KEY_ONE', 'env:KEY_TWO'] }],
      aliases: { both: { targets: ['lab/m', 'spare/m'] }, dead: { targets: ['keys/m', 'spare/m'] } },
    },
    { environment: { KEY_ONE: 'sk-one-0123456789', KEY_TWO: 'sk-two-0123456789' } },
  );
});

beforeEach(() => {
  lab.upstream.use(audio(sound));
  lab.spare.use(audio(sound));
});

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

const sound = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 31) % 256));
const audioType = { 'content-type': 'audio/mpeg' };
const audio = (bytes: Buffer): Answer => body(bytes, { headers: audioType });

const send = (door: string, text: string | Buffer, contentType = 'application/json'): Promise<BytesReceived> =>
  sendBytes({ url: `${lab.gateway.url}/v1/${door}`, key: lab.gateway.clientKey, pieces: [text], contentType });

const speak = (model = 'lab/m', more: object = {}) => send('audio/speech', JSON.stringify({ model, input: 'Hi', ...more }));
const rowOf = ({ headers }: BytesReceived) => lab.finalRow(String(headers['x-request-id']));

function errorOf({ body: text }: BytesReceived): {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
} {
  const answer: { error: { code: string; message: string; param: string | null } } = JSON.parse(text.toString());
  return answer.error;
}

/** So many bytes of more that were promised, and then the end. */
const promised = (bytes: Buffer, end: 'close' | 'reset' | 'stall'): Step[] => [
  head(200, { ...audioType, 'content-length': String(sound.length) }),
  { write: bytes },
  { waitMs: 50 },
  { end },
];

describe('sound that breaks off', () => {
  test.each(['close', 'reset', 'stall'] as const)('behind its promised length (%s) ends without its end', async (end) => {
    lab.upstream.next(promised(sound.subarray(0, 9_000), end));
    const answer = await speak();
    expect([answer.status, answer.complete]).toEqual([200, false]);
    expect(answer.headers['content-length']).toBeUndefined();
    // Whole but for the byte that is kept back, and nothing of ours behind it.
    expect(answer.body.equals(sound.subarray(0, 8_999))).toBe(true);
    expect(await rowOf(answer)).toMatchObject({
      state: 'upstream_error',
      status: 200,
      errorKind: end === 'stall' ? 'upstream-stalled' : 'upstream-truncated',
      responseBytes: 8_999,
    });
  });

  test.each(['close', 'reset', 'stall'] as const)('between its chunks (%s) ends without its end', async (end) => {
    lab.upstream.next(stream([sound.subarray(0, 500), sound.subarray(500, 700)], { headers: audioType, gapMs: 30, end }));
    const answer = await speak();
    expect([answer.complete, answer.body.equals(sound.subarray(0, 699))]).toEqual([false, true]);
    expect(await rowOf(answer)).toMatchObject({ state: 'upstream_error', attempts: 1 });
  });

  test('before its first byte is asked for elsewhere, and nobody sees it', async () => {
    lab.upstream.use(promised(Buffer.alloc(0), 'close'));
    const answer = await speak('both');
    expect([answer.status, answer.complete, answer.body.equals(sound)]).toEqual([200, true, true]);
    expect(await rowOf(answer)).toMatchObject({ state: 'ok', provider: 'spare', attempts: 2 });
  });
});

describe('what is no sound', () => {
  test.each([
    ['a page', body('<html>', { headers: { 'content-type': 'text/html' } }), 'upstream_protocol'],
    ['an image', body('x', { headers: { 'content-type': 'image/svg+xml' } }), 'upstream_protocol'],
    ['compressed', body('x', { headers: { ...audioType, 'content-encoding': 'gzip' } }), 'upstream_protocol'],
    ['of unknown length', [head(200, audioType), { write: sound }, { end: 'close' }] satisfies Answer, 'upstream_protocol'],
    ['an error', json({ error: { message: 'Busy.' } }), 'upstream_failed'],
    ['broken JSON', body('{"a":'), 'upstream_truncated'],
  ])('because it is %s is a 502', async (_what, answer, code) => {
    lab.upstream.use(answer);
    const got = await speak();
    expect([got.status, errorOf(got).code]).toEqual([502, code]);
    expect(await rowOf(got)).toMatchObject({ state: 'upstream_error' });
  });

  test('because the provider refuses it is told in the provider’s own bytes', async () => {
    const text = '{ "error" : {"message":"No such voice.","param":"voice"} }';
    lab.upstream.next(body(text, { status: 400 }));
    const got = await speak();
    expect([got.status, got.body.toString()]).toEqual([400, text]);
  });
});

describe('an attempt that failed', () => {
  test('is made again, with the same form', async () => {
    const form = formBytes([
      { name: 'file', fileName: 'a.wav', value: sound },
      { name: 'model', value: 'lab/m' },
    ]);
    const first = lab.upstream.requests.length;
    lab.upstream.next(json({ error: { message: 'Busy.' } }, { status: 503 }), json({ text: 'Hi.' }));
    const got = await send('audio/transcriptions', form, formType);
    expect([got.status, got.body.toString()]).toEqual([200, '{"text":"Hi."}']);
    const [one, two] = lab.upstream.requests.slice(first);
    expect(one?.body.length).toBe(form.length - 'lab/'.length);
    expect(two?.body.equals(one?.body ?? Buffer.alloc(0))).toBe(true);
    expect(await rowOf(got)).toMatchObject({ state: 'ok', attempts: 2 });
  });

  test('is made at the next provider, whose name for the model stands in the form', async () => {
    lab.spare.use(json({ text: 'Hi.' }));
    const got = await send('audio/transcriptions', formBytes([{ name: 'model', value: 'dead' }]), formType);
    expect(got.status).toBe(200);
    expect(lab.spare.requests.at(-1)?.body.equals(formBytes([{ name: 'model', value: 'm' }]))).toBe(true);
    expect(await rowOf(got)).toMatchObject({ provider: 'spare', attempts: 2, requestedModel: 'dead' });
  });
});

describe('a request that goes nowhere', () => {
  test.each([
    ['lab', 'images/variations'],
    ['demo', 'audio/transcriptions'],
  ])('because %s does not offer %s says so by name', async (provider, door) => {
    const asked = lab.upstream.requests.length;
    const got = await send(door, formBytes([{ name: 'model', value: `${provider}/m` }]), formType);
    expect([got.status, errorOf(got)]).toMatchObject([404, { code: 'no_target', param: 'model' }]);
    expect(errorOf(got).message).toMatch(new RegExp(`the provider ${provider} does not offer ${door}\\)`));
    expect(lab.upstream.requests.length).toBe(asked);
    expect(await rowOf(got)).toMatchObject({ state: 'rejected', dialect: door, attempts: 0 });
  });

  test.each([
    ['no model', formBytes([{ name: 'file', fileName: 'a', value: 'x' }])],
    [
      'two models',
      formBytes([
        { name: 'model', value: 'lab/m' },
        { name: 'model', value: 'spare/m' },
      ]),
    ],
    ['a model as a file', formBytes([{ name: 'model', fileName: 'a', value: 'lab/m' }])],
  ])('because its form has %s names the field', async (_what, form) => {
    const asked = lab.upstream.requests.length;
    const got = await send('audio/transcriptions', form, formType);
    expect([got.status, errorOf(got).param]).toEqual([400, 'model']);
    expect(lab.upstream.requests.length).toBe(asked);
    expect(await rowOf(got)).toMatchObject({ state: 'rejected', requestedModel: '' });
  });

  test('because its form is cut is told so', async () => {
    const form = formBytes([{ name: 'model', value: 'lab/m' }]);
    const got = await send('audio/transcriptions', form.subarray(0, -8), formType);
    expect([got.status, errorOf(got).message]).toEqual([400, expect.stringContaining('closing boundary')]);
  });

  test('because nothing answers at the provider is a 502', async () => {
    const got = await send('rerank', '{"model":"keys/m"}');
    expect([got.status, errorOf(got).code]).toEqual([502, 'upstream_connect']);
  });
});

test('a stream of images that ends before its image ends in an error', async () => {
  const partial = 'event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image"}\n\n';
  lab.upstream.next(stream([partial]));
  const got = await send('images/generations', '{"model":"lab/m","stream":true}');
  expect([got.status, got.complete]).toEqual([200, false]);
  expect(got.body.toString()).toMatch(
    /^event: image_generation\.partial_image\n.*\n\ndata: \{"error":\{.*"upstream_truncated"\}\}\n\n$/s,
  );
  expect(await rowOf(got)).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-truncated' });
});

describe('a client of sound', () => {
  /** A piece each 30 ms, for far longer than any client here stays. */
  const talkative = () =>
    stream(
      Array.from({ length: 100 }, () => sound.subarray(0, 100)),
      { headers: audioType, gapMs: 30 },
    );
  const ask = { model: 'lab/m', input: 'Hi' };
  const facts = { path: '/v1/audio/speech' };

  test('that leaves lets the upstream go', async () => {
    lab.upstream.use(talkative());
    const raw = openRawStream(lab.gateway.port, ask, { ...facts, key: lab.gateway.clientKey });
    await raw.until('audio/mpeg');
    raw.leave();
    const leftAtMs = performance.now();
    const closedAtMs = await lab.upstream.requests.at(-1)?.connectionClosedAtMs;
    expect((closedAtMs ?? Number.NaN) - leftAtMs).toBeLessThan(500);
    expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'client_closed', status: 200 });
  });

  test('that closes its sending side hears nothing but the sound', async () => {
    const pieces = Array.from({ length: 8 }, () => sound.subarray(0, 256));
    lab.upstream.use(stream(pieces, { headers: audioType, gapMs: 40 }));
    const raw = openRawStream(lab.gateway.port, ask, { ...facts, key: lab.gateway.clientKey });
    await raw.until('audio/mpeg');
    raw.socket.end();
    const chunked = await eventually(() => (raw.text.endsWith('0\r\n\r\n') ? raw.text : null), 'the sound is whole');
    expect(chunked).not.toContain(':\n\n');
    expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'ok', responseBytes: 8 * 256 });
  });
});
