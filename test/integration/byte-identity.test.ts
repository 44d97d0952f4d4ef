/** Same dialect on both sides: the bytes pass through, requests and answers alike, but for what must change. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../support/lab.ts';
import { openAiScript } from '../support/openai-script.ts';
import { cutUnevenly, sendBytes } from '../support/send-bytes.ts';
import { type Answer, body, json, stream } from '../support/upstream-answers.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});

beforeEach(() => {
  lab.upstream.use(openAiScript());
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const send = (pieces: readonly (string | Buffer)[], door = 'chat/completions') =>
  sendBytes({ url: `${lab.baseUrl}/${door}`, key: lab.clientKey, pieces });

/** Sends a body to a well-meaning upstream and gives what that was sent. */
async function arrivalOf(pieces: readonly (string | Buffer)[], door?: string): Promise<Buffer> {
  const number = lab.upstream.requests.length + 1;
  lab.upstream.next(json({ object: 'ok', usage: null }));
  const answer = await send(pieces, door);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.toString()}`);
  return (await lab.upstream.received(number)).body;
}

describe('a request reaches the upstream byte for byte but for its model', () => {
  test.each([
    ['odd spacing', '  {\n\t"model" :\t"lab/gpt-test"  ,\n\n"messages":[ {"role":"user" , "content":"hi"} ]   }\n\n'],
    ['CRLF between everything', '{\r\n"model":"lab/gpt-test",\r\n"messages":[\r\n]\r\n}\r\n'],
    ['unknown fields of every kind', '{"zzz":{"deep":[[[{}]]]},"model":"lab/gpt-test","x-y":null,"":0,"messages":[]}'],
    [
      'numbers that no program could hold',
      '{"a":1e400,"b":-1E-400,"c":12345678901234567890,"model":"lab/gpt-test","d":0.1000000000000000055}',
    ],
    [
      'numbers written in one of several ways',
      '{"model":"lab/gpt-test","a":-0,"b":1.0,"c":1e0,"d":0.10,"e":1E+2,"temperature":1.00}',
    ],
    ['its fields in no order', '{"tools":[],"messages":[],"model":"lab/gpt-test","n":1,"a":2,"0":3}'],
    ['the same unknown field twice', '{"a":1,"model":"lab/gpt-test","a":2}'],
    ['escaped unicode in names and values', '{"\\u006e\\u00e4me":"\\u00e9\\/\\b","model":"lab/gpt-test","é":"e\\u0301"}'],
    ['an escaped model field', '{"mod\\u0065l":"lab/gpt-test","messages":[]}'],
    ['an escaped model', '{"model":"\\u006cab\\/gpt-test","messages":[]}'],
    [
      'models that are not the model',
      '{"metadata":{"model":"lab/gpt-test"},"model":"lab/gpt-test","tools":[{"model":"lab/gpt-test"}],"Model":"lab/gpt-test"}',
    ],
    ['the model first', '{"model":"lab/gpt-test","messages":[]}'],
    ['the model last', '{"messages":[],"model":"lab/gpt-test"}'],
    ['lone surrogates, escaped', '{"model":"lab/gpt-test","a":"\\ud800","b":"\\udc00\\ud800","c":"\\uD83D"}'],
    ['emoji, also of several parts', '{"model":"lab/gpt-test","a":"🍏👩‍👩‍👧‍👦🇳🇴","🍐":1}'],
    ['control characters that a lenient client leaves in strings', '{"model":"lab/gpt-test","a":"tab\tand\u007f\u0085"}'],
    ['stream switched off', '{"model":"lab/gpt-test","stream":false,"stream_options":null}'],
  ])('with %s', async (_what, text) => {
    const model = /"(?:lab|\\u006cab)\\?\/gpt-test"/g;
    const places = [...text.matchAll(model)];
    const place = places[places.length === 1 ? 0 : 1];
    if (!place) throw new Error('This body has no model.');
    const expected = `${text.slice(0, place.index)}"gpt-test"${text.slice(place.index + place[0].length)}`;
    expect((await arrivalOf([text])).toString('latin1')).toBe(Buffer.from(expected).toString('latin1'));
  });

  test.each(['completions', 'embeddings'])('by the door /v1/%s too', async (door) => {
    const text = '{ "input":["a",[1,2]] , "prompt":"\\u0061","suffix":"b","model":"lab/gpt-test", "stream" :false,"x":1e400 }';
    const arrived = await arrivalOf([text], door);
    expect(arrived.toString()).toBe(text.replace('lab/gpt-test', 'gpt-test'));
    expect(lab.upstream.requests.at(-1)).toMatchObject({ method: 'POST', target: `/v1/${door}` });
  });

  test('with a stream that asked for its usage', async () => {
    const text = '{"model":"lab/gpt-test" ,"stream":true, "stream_options" : {"include_usage": true, "x":1e400},"messages":[]}';
    await send([text]);
    expect(lab.upstream.requests.at(-1)?.body.toString()).toBe(text.replace('lab/gpt-test', 'gpt-test'));
  });

  test('and, in a stream that did not ask for usage, but for that wish', async () => {
    const text = '{ "model":"lab/gpt-test" ,"stream":true,"x":1e400,"messages":[] }';
    await send([text]);
    expect(lab.upstream.requests.at(-1)?.body.toString()).toBe(
      '{"stream_options":{"include_usage":true}, "model":"gpt-test" ,"stream":true,"x":1e400,"messages":[] }',
    );
  });

  const large = (kind: string) => {
    const piece = { text: 'Ünï – 🍏 \\" \\\\ \\u0041 \\ud800 ', image: 'QUJD+/09' }[kind] ?? '';
    const content = piece.repeat(5_000_000 / Buffer.byteLength(piece));
    return Buffer.from(`{"messages":[{"role":"user","content":"${content}"}], "model": "lab/gpt-test" ,"n":1e400}`);
  };

  test.each([
    ['text', 'with its length', 0],
    ['text', 'in uneven chunks', 3_000],
    ['image', 'with its length', 0],
    ['image', 'in uneven chunks', 100_000],
  ] as const)('when it is 5 MB of %s, sent %s', async (kind, _how, largest) => {
    const sent = large(kind);
    const arrived = await arrivalOf(largest === 0 ? [sent] : cutUnevenly(sent, largest));
    const at = sent.indexOf('"lab/gpt-test"');
    const expected = Buffer.concat([
      sent.subarray(0, at),
      Buffer.from('"gpt-test"'),
      sent.subarray(at + '"lab/gpt-test"'.length),
    ]);
    expect(arrived.length).toBe(expected.length);
    expect(arrived.equals(expected)).toBe(true);
  });

  test('when it comes in chunks of single bytes', async () => {
    const sent = Buffer.from('{"model":"lab/gpt-test","content":"Ünï 🍏"}');
    expect((await arrivalOf([...sent].map((byte) => Buffer.from([byte])))).toString()).toBe(
      '{"model":"gpt-test","content":"Ünï 🍏"}',
    );
  });
});

describe('a request that two programs could read differently reaches no upstream', () => {
  test.each([
    ['the model twice', '{"model":"lab/gpt-test","model":"demo/hello"}'],
    ['the model twice, once escaped', '{"model":"lab/gpt-test","\\u006dodel":"demo/hello"}'],
    ['stream twice', '{"model":"lab/gpt-test","stream":true,"stream":false}'],
    ['a byte order mark', '\ufeff{"model":"lab/gpt-test"}'],
    ['text behind it', '{"model":"lab/gpt-test"}{"model":"demo/hello"}'],
    ['no end', '{"model":"lab/gpt-test"'],
  ])('with %s', async (_what, text) => {
    const asked = lab.countAsked();
    const answer = await send([text]);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(lab.countAsked()).toBe(asked);
  });
});

/** What the client receives of this answer to a request. */
async function receive(answer: Answer, fields = '') {
  lab.upstream.next(answer);
  return await send([`{"model":"lab/gpt-test","messages":[]${fields}}`]);
}

describe('a whole answer reaches the client byte for byte', () => {
  test.each([
    ['odd spacing and line ends', '\r\n { "id" : "c" ,\r\n\t"choices":[ ] }\n\n'],
    ['numbers that no program could hold', '{"a":1e400,"b":12345678901234567890,"c":-0,"d":1.0,"usage":{"prompt_tokens":1.0}}'],
    ['escapes, lone surrogates and emoji', '{"a":"\\u00e9\\ud800\\/","🍏":"👩‍👩‍👧‍👦"}'],
    ['the same field twice', '{"a":1,"a":2}'],
    ['nothing in it', '{}'],
  ])('with %s', async (_what, text) => {
    const { status, headers, body: received, complete } = await receive(body(text));
    expect([status, complete, received.toString('latin1')]).toEqual([200, true, Buffer.from(text).toString('latin1')]);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  test('with the status that it came with', async () => {
    expect(await receive(body('{ "a":1 }', { status: 201 }))).toMatchObject({ status: 201, body: Buffer.from('{ "a":1 }') });
  });

  test('when it is 5 MB in uneven chunks', async () => {
    const bytes = Buffer.from(`{"content":"${'Ünï \\" 🍏'.repeat(400_000)}"}`);
    const answer = stream(cutUnevenly(bytes, 40_000), { headers: { 'content-type': 'application/json' } });
    const { body: received } = await receive(answer);
    expect(received.equals(bytes)).toBe(true);
  });

  test.each([400, 404, 422])('when it is a refusal with %i', async (status) => {
    const text = '{ "error" : {"message":"N\\u00f6.","code":null,\r\n"odd":1e400} }\n';
    expect(await receive(body(text, { status }))).toMatchObject({ status, body: Buffer.from(text) });
  });
});

describe('a stream reaches the client byte for byte', () => {
  const usage = 'data: {"id":"c" ,"choices":[ ],"usage":{"prompt_tokens":3,"completion_tokens":1e0}}';
  const events = [
    ': OPENROUTER PROCESSING',
    'data: {"choices":[{"delta":{"content":"\\u00e9 \\ud800 Ünï 🍏"}}],"usage":null,"x":1e400}',
    'data:{"choices":[{"delta":{}}]}',
    'event: unknown\nid: 7\nretry: 10\ndata:   { "choices" : [] }',
    ': ping\ndata: two\ndata: lines',
    'odd: line',
  ];
  const ending = ',"stream":true,"stream_options":{"include_usage":true}';

  const streamOf = (lines: readonly string[], lineEnd: string) =>
    Buffer.from(`${lines.join('\n\n')}\n\n`.replaceAll('\n', lineEnd));

  test.each([
    ['LF', '\n', 'data: [DONE]'],
    ['CRLF', '\r\n', 'data: [DONE]'],
    ['CR', '\r', 'data: [DONE]'],
    ['no space before its end', '\n', 'data:[DONE]'],
  ])('with %s, usage asked for, however it is cut', async (_what, lineEnd, done) => {
    const bytes = streamOf([...events, usage, done], lineEnd);
    for (const largest of [1, 7, 60, 4_000]) {
      const { status, body: received, complete } = await receive(stream(cutUnevenly(bytes, largest)), ending);
      expect([status, complete, received.toString()]).toEqual([200, true, bytes.toString()]);
    }
    expect((await lab.newestRow()).usage).toMatchObject({ inputTokens: 3, outputTokens: 1, estimated: false });
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('with %s, usage not asked for: all but the chunk that holds nothing else', async (_what, lineEnd) => {
    const sent = streamOf([...events, usage, 'data: [DONE]'], lineEnd);
    const expected = streamOf([...events, 'data: [DONE]'], lineEnd);
    for (const largest of [1, 60, 4_000]) {
      const { body: received, complete } = await receive(stream(cutUnevenly(sent, largest)), ',"stream":true');
      expect([complete, received.toString()]).toEqual([true, expected.toString()]);
    }
    expect((await lab.newestRow()).usage).toMatchObject({ inputTokens: 3, outputTokens: 1, estimated: false });
  });

  test('when one event is 2 MB', async () => {
    const bytes = streamOf([`data: {"choices":[{"delta":{"content":"${'Ünï 🍏'.repeat(200_000)}"}}]}`, 'data: [DONE]'], '\n');
    const { body: received } = await receive(stream(cutUnevenly(bytes, 60_000)), ending);
    expect(received.equals(bytes)).toBe(true);
  });

  test('with usage in the finish chunk, which a client that did not ask still gets, for it holds more', async () => {
    const finish = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}';
    const bytes = streamOf(['data: {"choices":[{"delta":{"content":"a"}}]}', finish, 'data: [DONE]'], '\n');
    expect((await receive(stream([bytes]), ',"stream":true')).body.toString()).toBe(bytes.toString());
  });
});
