/** Images, sound, moderations and rerank by the official SDK: the bytes pass through, the row tells of it. */
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formBytes, formType } from '../support/form-bytes.ts';
import { type Lab, labKey, startLab } from '../support/lab.ts';
import { cutUnevenly, sendBytes } from '../support/send-bytes.ts';
import { type Answer, body, json, stream } from '../support/upstream-answers.ts';

let lab: Lab;
let client: OpenAI;

beforeAll(async () => {
  lab = await startLab();
  client = new OpenAI({ baseURL: lab.baseUrl, apiKey: lab.clientKey, maxRetries: 0 });
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => (index * 7_919 + (index >> 8)) % 256));
const sound = noise(300_000);
const soundFile = () => toFile(sound, 'speech.wav', { type: 'audio/wav' });
const picture = () => toFile(noise(200_000), 'picture.png', { type: 'image/png' });

/** What the upstream was sent last, as a form; without the promise of a boundary this would throw. */
async function lastForm(): Promise<FormData> {
  const request = lab.upstream.requests.at(-1);
  const headers = { 'content-type': request?.header('content-type') ?? '' };
  return await new Response(new Uint8Array(request?.body ?? []), { headers }).formData();
}

async function expectRow(door: string, facts: object): Promise<void> {
  const row = await lab.newestRow();
  expect(row).toMatchObject({ dialect: door, state: 'ok', status: 200, provider: 'lab', attempts: 1, errorKind: null, ...facts });
  expect(row.usage.estimated).toBe(false);
  expect(lab.upstream.requests.at(-1)).toMatchObject({ method: 'POST', target: `/v1/${door}` });
  expect(lab.upstream.requests.at(-1)?.header('authorization')).toBe(`Bearer ${labKey}`);
}

const events = (...all: readonly { readonly type: string }[]): string =>
  all.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

describe('images', () => {
  const usage = {
    input_tokens: 50,
    output_tokens: 4160,
    total_tokens: 4210,
    input_tokens_details: { text_tokens: 10, image_tokens: 40 },
  };
  const made = { created: 1, data: [{ b64_json: noise(90_000).toString('base64') }], usage };

  test('are made', async () => {
    lab.upstream.next(json(made));
    const answer = await client.images.generate({ model: 'lab/gpt-image-1', prompt: 'A house.', n: 1 });
    expect(answer).toMatchObject(made);
    expect(lab.upstream.requests.at(-1)?.json()).toEqual({ model: 'gpt-image-1', prompt: 'A house.', n: 1 });
    await expectRow('images/generations', { model: 'gpt-image-1', stream: false, rawUsageJson: JSON.stringify(usage) });
    expect((await lab.newestRow()).usage).toMatchObject({ inputTokens: 50, outputTokens: 4160 });
  });

  test('are made in a stream, whose last event is no [DONE]', async () => {
    const partial = { type: 'image_generation.partial_image', b64_json: 'QUJD', partial_image_index: 0 };
    const last = { type: 'image_generation.completed', b64_json: 'QUJDRA==', usage };
    lab.upstream.next(stream([events(partial), events(last)]));
    const got: unknown[] = [];
    for await (const event of await client.images.generate({ model: 'lab/gpt-image-1', prompt: 'x', stream: true }))
      got.push(event);
    expect(got).toEqual([partial, last]);
    await expectRow('images/generations', { stream: true, rawUsageJson: JSON.stringify(usage) });
    expect((await lab.newestRow()).usage).toMatchObject({ inputTokens: 50, outputTokens: 4160 });
  });

  test('are changed: every file arrives as it was', async () => {
    lab.upstream.next(json(made));
    const image = [await picture(), await picture()];
    expect(await client.images.edit({ model: 'lab/gpt-image-1', prompt: 'Blåbær', image })).toMatchObject(made);
    const form = await lastForm();
    expect([form.get('model'), form.get('prompt')]).toEqual(['gpt-image-1', 'Blåbær']);
    const files = form.getAll('image[]');
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(file instanceof File && Buffer.from(await file.arrayBuffer()).equals(noise(200_000))).toBe(true);
    }
    await expectRow('images/edits', { model: 'gpt-image-1', stream: false });
  });

  test('are changed in a stream', async () => {
    const last = { type: 'image_edit.completed', b64_json: 'QUJDRA==', usage };
    lab.upstream.next(stream([events(last), 'data: [DONE]\n\n']));
    const got: unknown[] = [];
    const asked = { model: 'lab/gpt-image-1', prompt: 'x', image: await picture(), stream: true } as const;
    for await (const event of await client.images.edit(asked)) got.push(event);
    expect(got).toEqual([last]);
    await expectRow('images/edits', { stream: true });
  });

  test('in JSON may be changed too', async () => {
    lab.upstream.next(json(made));
    const text = '{ "images":[{"image_url":"https://x"}], "model":"lab/gpt-image-1","x":1e400 }';
    const answer = await sendBytes({ url: `${lab.baseUrl}/images/edits`, key: lab.clientKey, pieces: [text] });
    expect(answer.status).toBe(200);
    expect(lab.upstream.requests.at(-1)?.body.toString()).toBe(text.replace('lab/', ''));
    expect(lab.upstream.requests.at(-1)?.header('content-type')).toBe('application/json');
  });
});

describe('speech', () => {
  const asked = { model: 'lab/tts-1', voice: 'alloy', input: 'Hello.' } as const;

  test.each([
    ['with its length', (): Answer => body(sound, { headers: { 'content-type': 'audio/mpeg' } })],
    ['in chunks', (): Answer => stream(cutUnevenly(sound, 20_000), { headers: { 'content-type': 'audio/mpeg' } })],
    [
      'in chunks of single bytes',
      (): Answer => stream(cutUnevenly(sound.subarray(0, 300), 1), { headers: { 'content-type': 'audio/mpeg' } }),
    ],
  ])('arrives byte for byte, sent %s', async (how, answer) => {
    lab.upstream.next(answer());
    const got = await client.audio.speech.create(asked);
    const expected = how.endsWith('bytes') ? sound.subarray(0, 300) : sound;
    expect(Buffer.from(await got.arrayBuffer()).equals(expected)).toBe(true);
    expect(got.headers.get('content-type')).toBe('audio/mpeg');
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(lab.upstream.requests.at(-1)?.json()).toEqual({ ...asked, model: 'tts-1' });
    await expectRow('audio/speech', { stream: false, responseBytes: expected.length, rawUsageJson: null });
    expect((await lab.newestRow()).usage).toMatchObject({ inputTokens: null, outputTokens: null });
  });

  test('of no bytes at all is an answer', async () => {
    lab.upstream.next(body('', { headers: { 'content-type': 'audio/pcm' } }));
    expect((await (await client.audio.speech.create(asked)).arrayBuffer()).byteLength).toBe(0);
    await expectRow('audio/speech', { responseBytes: 0 });
  });

  test('flows: its first bytes come before its last are made', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const [opening, content, ...rest] = stream([noise(5_000)], { headers: { 'content-type': 'audio/mpeg' } });
    if (!opening || !content) throw new Error('no answer');
    lab.upstream.next([opening, content, { waitFor: gate }, ...rest]);
    const reader = (await client.audio.speech.create(asked)).body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(4_000);
    go();
    for (;;) if ((await reader?.read())?.done !== false) break;
    await expectRow('audio/speech', { responseBytes: 5_000 });
  });

  test('in events passes through byte for byte', async () => {
    const usage = { input_tokens: 3, output_tokens: 40, total_tokens: 43 };
    const text =
      events({ type: 'speech.audio.delta' }, { type: 'speech.audio.delta' }) +
      `data: ${JSON.stringify({ type: 'speech.audio.done', usage })}\n\n`;
    lab.upstream.next(stream(cutUnevenly(Buffer.from(text), 30)));
    expect(await (await client.audio.speech.create({ ...asked, stream_format: 'sse' })).text()).toBe(text);
    await expectRow('audio/speech', { stream: true, rawUsageJson: JSON.stringify(usage), responseBytes: text.length });
    expect((await lab.newestRow()).usage).toMatchObject({ inputTokens: 3, outputTokens: 40 });
  });
});

describe('a transcription', () => {
  const usage = { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 45 };

  test('comes as JSON, of a file that arrived as it was', async () => {
    lab.upstream.next(json({ text: 'Hello.', usage }));
    const got = await client.audio.transcriptions.create({ model: 'lab/whisper-1', file: await soundFile() });
    expect(got).toMatchObject({ text: 'Hello.', usage });
    const form = await lastForm();
    const file = form.get('file');
    expect(form.get('model')).toBe('whisper-1');
    expect(file instanceof File && file.name === 'speech.wav' && Buffer.from(await file.arrayBuffer()).equals(sound)).toBe(true);
    await expectRow('audio/transcriptions', { model: 'whisper-1', rawUsageJson: JSON.stringify(usage) });
  });

  test.each([
    ['text', 'text/plain; charset=utf-8', 'Hallo på deg.\n'],
    ['srt', 'text/plain; charset=utf-8', '1\n00:00:00,000 --> 00:00:01,000\nHello.\n'],
    ['vtt', 'text/vtt; charset=utf-8', 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n'],
  ] as const)('comes as %s', async (format, type, text) => {
    lab.upstream.next(body(text, { headers: { 'content-type': type } }));
    const asked = { model: 'lab/whisper-1', file: await soundFile(), response_format: format };
    const { data, response } = await client.audio.transcriptions.create(asked).withResponse();
    expect([data, response.headers.get('content-type')]).toEqual([text, type]);
    await expectRow('audio/transcriptions', { responseBytes: Buffer.byteLength(text) });
  });

  test('comes in events, or whole from a model that knows none', async () => {
    const done = { type: 'transcript.text.done', text: 'Hello.', usage };
    lab.upstream.next(stream([events({ type: 'transcript.text.delta' }), events(done)]), json({ text: 'Hello.' }));
    const asked = { model: 'lab/gpt-4o-transcribe', file: await soundFile(), stream: true } as const;
    const got: unknown[] = [];
    for await (const event of await client.audio.transcriptions.create(asked)) got.push(event);
    expect(got.at(-1)).toEqual(done);
    await expectRow('audio/transcriptions', { stream: true, rawUsageJson: JSON.stringify(usage) });
    const whole = await client.audio.transcriptions.create(asked).asResponse();
    expect(await whole.json()).toEqual({ text: 'Hello.' });
    await expectRow('audio/transcriptions', { stream: true });
  });

  test('into English goes through a door of its own', async () => {
    lab.upstream.next(json({ text: 'Hello.' }));
    expect(await client.audio.translations.create({ model: 'lab/whisper-1', file: await soundFile() })).toEqual({
      text: 'Hello.',
    });
    await expectRow('audio/translations', {});
  });
});

test('a moderation passes through', async () => {
  const answer = { id: 'modr-1', model: 'omni', results: [{ flagged: false, categories: {}, category_scores: {} }] };
  lab.upstream.next(json(answer));
  expect(await client.moderations.create({ model: 'lab/omni-moderation-latest', input: 'Hello.' })).toMatchObject(answer);
  await expectRow('moderations', { model: 'omni-moderation-latest' });
});

describe('byte for byte', () => {
  test('rerank passes in both directions', async () => {
    const text = '{ "query":"q","documents":["a",{"text":"b"}],"model" : "lab/rerank-v3", "top_n":1e0 }';
    const said = '{"results":[ {"index":1,"relevance_score":0.10} ],"meta":{"billed_units":{"search_units":1}}}';
    lab.upstream.next(body(said));
    const answer = await sendBytes({ url: `${lab.baseUrl}/rerank`, key: lab.clientKey, pieces: [text] });
    expect([answer.status, answer.body.toString()]).toEqual([200, said]);
    expect(lab.upstream.requests.at(-1)?.body.toString()).toBe(text.replace('lab/', ''));
    await expectRow('rerank', { model: 'rerank-v3', rawUsageJson: '{"billed_units":{"search_units":1}}' });
  });

  test.each([0, 3_000, 100])('a form of 5 MB passes, sent in chunks of at most %i bytes', async (largest) => {
    const size = largest === 100 ? 200_000 : 5_000_000;
    const parts = [
      { name: 'file', fileName: 'a.wav', value: noise(size), headers: ['Content-Type: audio/wav', 'X-Odd:  1'] },
      { name: 'model', value: 'lab/whisper-1', headers: ['Content-Length: 13'] },
      { name: 'prompt', value: ' Ünï \r\n 🍏' },
    ];
    const form = formBytes(parts);
    lab.upstream.next(json({ text: '' }));
    const pieces = largest === 0 ? [form] : cutUnevenly(form, largest);
    const url = `${lab.baseUrl}/audio/transcriptions`;
    expect((await sendBytes({ url, key: lab.clientKey, pieces, contentType: formType })).status).toBe(200);
    const sent = lab.upstream.requests.at(-1);
    const [file, , prompt] = parts;
    if (!file || !prompt) throw new Error('no parts');
    const expected = formBytes([file, { name: 'model', value: 'whisper-1', headers: ['Content-Length: 9'] }, prompt]);
    expect(sent?.body.equals(expected)).toBe(true);
    expect(sent?.header('content-type')).toBe(formType);
    expect(sent?.header('content-length') ?? sent?.header('transfer-encoding')).toBe(String(expected.length));
  });
});
