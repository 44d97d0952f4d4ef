/** Pictures, sounds and files in a request, in each format's own places, and what a provider adds: without parsing it. */
import { expect, test } from 'vitest';
import type { MediaKind } from '../../../../gateway/chat/request-size.ts';
import { type DialectName, dialects } from '../../../../gateway/dialects/index.ts';

const place = { model: 'm', stream: false };

function read(dialect: DialectName, body: object) {
  const request = dialects.get(dialect)?.readRequest([Buffer.from(JSON.stringify({ model: 'm', ...body }))], place);
  if (!request) throw new Error(`there is no dialect ${dialect}`);
  return request;
}

/** What a provider would be sent of a picture of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = 'JVBERi0xLjQKJcfs'.repeat(10);
const user = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] });
const part = (kind: MediaKind, data: string) => ({
  kind,
  bytes: Math.floor((data.length * 3) / 4),
  pixels: kind === 'image' ? { width: 1, height: 1 } : null,
});
const elsewhere = (kind: MediaKind) => ({ kind, bytes: null, pixels: null });

test.each<[what: string, dialect: DialectName, body: object, media: readonly object[], data: string]>([
  [
    'a chat picture',
    'openai-chat',
    user({ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }),
    [part('image', png)],
    png,
  ],
  [
    'a chat sound',
    'openai-chat',
    user({ type: 'input_audio', input_audio: { data: pdf, format: 'wav' } }),
    [part('audio', pdf)],
    pdf,
  ],
  [
    'a chat file',
    'openai-chat',
    user({ type: 'file', file: { file_data: `data:application/pdf;base64,${pdf}`, filename: 'a.pdf' } }),
    [part('document', pdf)],
    pdf,
  ],
  [
    'a chat picture at an address',
    'openai-chat',
    user({ type: 'image_url', image_url: { url: 'https://a.test/b.png' } }),
    [elsewhere('image')],
    '',
  ],
  ['an uploaded chat file', 'openai-chat', user({ type: 'file', file: { file_id: 'f' } }), [elsewhere('document')], ''],
  [
    'pictures here and elsewhere',
    'openai-responses',
    {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: `data:image/png;base64,${png}` },
            { type: 'input_image', file_id: 'f' },
          ],
        },
      ],
    },
    [part('image', png), elsewhere('image')],
    png,
  ],
  [
    'a file of responses',
    'openai-responses',
    { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.test' }] }] },
    [elsewhere('document')],
    '',
  ],
  [
    "Anthropic's picture",
    'anthropic-messages',
    user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }),
    [part('image', png)],
    png,
  ],
  [
    "Anthropic's file, and a picture at an address",
    'anthropic-messages',
    user(
      { type: 'document', source: { data: pdf, media_type: 'application/pdf', type: 'base64' } },
      { type: 'image', source: { type: 'url', url: 'https://a.test' } },
    ),
    [part('document', pdf), elsewhere('image')],
    pdf,
  ],
  [
    "Anthropic's file that is plain text",
    'anthropic-messages',
    user({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } }),
    [],
    '',
  ],
  [
    "Gemini's picture, and a film elsewhere",
    'gemini',
    {
      contents: [
        {
          parts: [
            { inlineData: { mimeType: 'image/png', data: png } },
            { fileData: { fileUri: 'gs://a', mimeType: 'video/mp4' } },
          ],
        },
      ],
    },
    [part('image', png), elsewhere('video')],
    png,
  ],
  [
    "Ollama's pictures",
    'ollama',
    { messages: [{ role: 'user', content: 'x', images: [png, png] }] },
    [part('image', png), part('image', png)],
    png + png,
  ],
])('%s is media, not text', (_, dialect, body, media, data) => {
  const request = read(dialect, body);
  const size = request.measure();
  expect(size.media).toEqual(media);
  const whole = Buffer.concat(request.write({ model: 'm', askUsage: false })).length;
  expect(size.textBytes).toBe(whole - data.length);
});

test.each<[DialectName, object]>([
  ['openai-chat', { messages: [{ role: 'user', content: `data:image/png;base64,${png}` }] }],
  ['openai-chat', user({ type: 'text', text: `data:image/png;base64,${png}` })],
  ['openai-chat', { messages: [], tools: [{ function: { parameters: { enum: ['image_url', 'file'] } } }] }],
  ['openai-responses', { input: `data:image/png;base64,${png}` }],
  ['anthropic-messages', user({ type: 'text', text: JSON.stringify({ type: 'image', source: { type: 'base64', data: png } }) })],
  ['gemini', { contents: [{ parts: [{ text: '{"inlineData":{"mimeType":"image/png","data":"AAAA"}}' }] }] }],
])('what is only said of media is text: %s %j', (dialect, body) => {
  const request = read(dialect, body);
  const whole = Buffer.concat(request.write({ model: 'm', askUsage: false })).length;
  expect(request.measure()).toEqual({ textBytes: whole, media: [] });
});

test('media are found in a request however its white space is put', () => {
  const body = user(
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    { type: 'image_url', image_url: {} },
  );
  const text = JSON.stringify({ model: 'm', ...body }, null, '\t').replaceAll('":', '"\n : ');
  const request = dialects.get('openai-chat')?.readRequest([Buffer.from(text)], place);
  expect(request?.measure().media).toEqual([part('image', png), elsewhere('image')]);
});

const none = { hasTools: false, builtInTools: 0, readsMore: false, acts: false };
test.each<[DialectName, object, object]>([
  ['openai-chat', { messages: [], tools: [], previous_response_id: null }, none],
  ['openai-chat', { messages: [], tools: [{ type: 'function', function: { name: 'web_search' } }] }, { ...none, hasTools: true }],
  ['openai-chat', { messages: [], web_search_options: { a: 1 } }, { ...none, acts: true }],
  ['openai-chat', { messages: [], web_search_options: {} }, { ...none, acts: true }],
  ['openai-chat', { messages: [], web_search_options: null, plugins: [] }, none],
  ['openai-chat', { messages: [], response_format: { type: 'json_object' } }, { ...none, hasTools: true }],
  ['openai-responses', { input: '', tools: [{ type: 'web_search' }] }, { ...none, hasTools: true, acts: true }],
  ['openai-responses', { input: '', previous_response_id: 'resp_1' }, { ...none, readsMore: true }],
  ['openai-responses', { input: '', prompt: { id: 'p' } }, { ...none, readsMore: true }],
  ['openai-completions', { prompt: '{' }, none],
  [
    'anthropic-messages',
    {
      messages: [],
      tools: [
        { type: 'bash_20250124', name: 'bash' },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
    },
    { ...none, hasTools: true, builtInTools: 2, acts: true },
  ],
  ['gemini', { contents: [], tools: [{ googleSearch: {} }] }, { ...none, hasTools: true, acts: true }],
  ['gemini', { contents: [], generationConfig: { responseSchema: { type: 'STRING' } } }, { ...none, hasTools: true }],
  ['gemini', { contents: [], generationConfig: { topP: 1 }, cachedContent: 'cachedContents/1' }, { ...none, readsMore: true }],
])('what a provider adds is known by what a request names: %s %j', (dialect, body, additions) => {
  expect(read(dialect, body).additions()).toMatchObject(additions);
});

test('of a request whose fields stand twice the most is assumed', () => {
  const request = dialects.get('openai-chat')?.readRequest([Buffer.from('{"model":"m","tools":[],"tools":[1]}')], place);
  expect(request?.additions()).toMatchObject({ hasTools: true, builtInTools: 0, readsMore: true, acts: true });
});
