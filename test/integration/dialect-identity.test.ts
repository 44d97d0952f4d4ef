/** Anthropic, Responses, Gemini and Ollama on both sides: bytes pass through as they came, but for the model's name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { cutUnevenly, sendBytes } from '../support/send-bytes.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, body, json, stream } from '../support/upstream-answers.ts';

interface Side {
  readonly dialect: 'anthropic-messages' | 'openai-responses' | 'gemini' | 'ollama';
  readonly kind: 'anthropic-compatible' | 'openai-compatible' | 'gemini-compatible' | 'ollama';
  /** Where a client asks, and where that arrives. */
  readonly door: (stream: boolean) => string;
  readonly target: (stream: boolean) => string;
  /** What every request of it has, beside its model. */
  readonly least: string;
  /** Asks for a stream, or says that it wants none, in the body. */
  readonly streams: readonly [wished: string, unwished: string];
  readonly streamType: string;
  /** The events of a sound stream, in odd spellings, their ends to be joined; the last ends it. */
  readonly events: readonly string[];
  readonly lineEnds: readonly string[];
}

const odd = '"x":1e400,"ü\\u00fc":{"b":-0,"a":1.0},"s":"\\ud800\\/é🍏"';
const asked = 'identity/m-1';

const sides: readonly Side[] = [
  {
    dialect: 'anthropic-messages',
    kind: 'anthropic-compatible',
    door: () => '/v1/messages?beta=true',
    target: () => '/v1/messages',
    least: '"max_tokens" : 10,"messages":[ {"role":"user" , "content":"hi"} ]',
    streams: ['"stream" :true,', '"stream":false,'],
    streamType: 'text/event-stream; charset=utf-8',
    events: [
      `event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":3},${odd}}     }`,
      'event: ping\ndata: {"type": "ping"}',
      `data:{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Ünï 🍏"},${odd}}\nevent:content_block_delta`,
      ': a comment\nevent: future_event\nid: 7\ndata: {"type":"future_event"}',
      'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":1e0}}',
      'event: message_stop\ndata: {"type":"message_stop"  }',
    ],
    lineEnds: ['\n', '\r\n', '\r'],
  },
  {
    dialect: 'openai-responses',
    kind: 'openai-compatible',
    door: () => '/v1/responses',
    target: () => '/v1/responses',
    least: '"input":[ {"role":"user" , "content":"hi"} ]',
    streams: ['"stream" :true,', '"stream":false,'],
    streamType: 'text/event-stream',
    events: [
      `event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1",${odd}}}`,
      `data:{"type":"response.output_text.delta","delta":"Ünï 🍏",${odd}}\nevent:response.output_text.delta`,
      ': keep-alive\nevent: response.future\ndata: {"type":"response.future"}',
      'event: response.completed\ndata: {"type":"response.completed","response":{"usage":{"input_tokens":3,"output_tokens":1e0}}}',
    ],
    lineEnds: ['\n', '\r\n', '\r'],
  },
  {
    dialect: 'gemini',
    kind: 'gemini-compatible',
    door: (isStream) => `/v1beta/models/${asked}:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    target: (isStream) => `/v1/models/m-1:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    least: '"contents":[ {"parts" :[{"text":"hi"}]} ]',
    streams: ['', ''],
    streamType: 'text/event-stream',
    events: [
      `data: {"candidates": [{"content": {"parts": [{"text": "Ünï 🍏"}]},${odd}}]}`,
      `data:{"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1e0},${odd}}`,
      'data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1e0}}',
    ],
    lineEnds: ['\n', '\r\n'],
  },
  {
    dialect: 'ollama',
    kind: 'ollama',
    door: () => '/api/chat',
    target: () => '/api/chat',
    least: '"messages":[ {"role":"user" , "content":"hi"} ]',
    streams: ['', '"stream":false,'],
    streamType: 'application/x-ndjson',
    events: [
      `{"model":"m-1" , "message":{"role":"assistant","content":"Ünï 🍏"},"done":false,${odd}}`,
      '  {"message":{"content":""},"done" : false}',
      `{"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1e0,${odd}}`,
    ],
    lineEnds: ['\n', '\r\n'],
  },
];

describe.each(sides)('$dialect', (side) => {
  const { dialect, kind, least, streams, streamType, events, lineEnds } = side;
  let upstream: ScriptedUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream(json({ models: [], data: [] }));
    const baseUrl = dialect === 'ollama' ? upstream.origin : upstream.baseUrl;
    gateway = await startGateway({
      config: { version: 1, providers: [{ id: 'identity', kind, baseUrl, dialects: [dialect], models: ['m-1'] }] },
    });
  });

  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const send = (pieces: readonly (string | Buffer)[], isStream: boolean) =>
    sendBytes({ url: `${gateway.url}${side.door(isStream)}`, key: gateway.clientKey, pieces });

  /** The body as it must arrive: only the model is another, and Gemini's stands in the path. */
  const arriving = (text: string) => (dialect === 'gemini' ? text : text.replace(`"${asked}"`, '"m-1"'));
  const model = dialect === 'gemini' ? '"y":1' : `"model" :\t"${asked}"`;
  const wish = (isStream: boolean) => (isStream ? streams[0] : streams[1]);

  test.each([
    ['odd spacing', (middle: string) => `  {\n\t${model}  ,\n\n${middle} }\n\n`],
    ['CRLF', (middle: string) => `{\r\n${model},\r\n${middle}\r\n}\r\n`],
    [
      'unknown fields and numbers that no program could hold',
      (middle: string) => `{${odd},"a":1E-400,${middle},"n":1.00,${model}}`,
    ],
    ['the same unknown field twice', (middle: string) => `{"q":1,${middle},"q":2,${model}}`],
    ['escapes and lone surrogates', (middle: string) => `{"\\u006e":"\\u00e9\\/\\b\\ud83d","é":"e\\u0301🍏",${middle},${model}}`],
  ])('a request arrives as it was sent, with %s', async (_what, write) => {
    for (const isStream of [false, true]) {
      const text = write(wish(isStream) + least);
      const answer = isStream ? stream([events.join('\n\n')], { headers: { 'content-type': streamType } }) : json({ a: 1 });
      for (const pieces of [[text], cutUnevenly(Buffer.from(text), 5)]) {
        upstream.next(answer);
        await send(pieces, isStream);
        const arrived = upstream.requests.at(-1);
        expect(arrived?.body.toString('latin1')).toBe(Buffer.from(arriving(text)).toString('latin1'));
        expect(arrived?.target).toBe(side.target(isStream));
      }
    }
  });

  /** What the client receives of this answer. */
  async function receive(answer: Answer, isStream: boolean) {
    upstream.next(answer);
    return await send([`{${wish(isStream)}${least},${model}}`], isStream);
  }

  test.each([
    ['odd spacing and numbers', `\r\n { "id" : "c" ,\r\n\t"a":[ ], ${odd} }\n\n`],
    ['the same field twice', '{"a":1,"a":2}'],
    ['nothing in it', '{}'],
  ])('a whole answer reaches the client as it came, with %s', async (_what, text) => {
    const { status, body: received, complete } = await receive(body(text), false);
    expect([status, complete, received.toString('latin1')]).toEqual([200, true, Buffer.from(text).toString('latin1')]);
  });

  test.each([400, 404, 413, 422])('a refusal with %i reaches the client as it came', async (status) => {
    const text = `{ "error" : {"message":"N\\u00f6.",${odd}} }\n`;
    for (const isStream of [false, true]) {
      expect(await receive(body(text, { status }), isStream)).toMatchObject({ status, body: Buffer.from(text) });
    }
  });

  test.each(lineEnds.map((lineEnd) => [JSON.stringify(lineEnd), lineEnd]))(
    'a stream with %s reaches the client as it came, however it is cut',
    async (_name, lineEnd) => {
      const parting = streamType.includes('ndjson') ? '\n' : '\n\n';
      const bytes = Buffer.from((events.join(parting) + parting).replaceAll('\n', lineEnd));
      for (const largest of [1, 7, 60, 4_000]) {
        const answer = stream(cutUnevenly(bytes, largest), { headers: { 'content-type': streamType } });
        const { status, body: received, complete } = await receive(answer, true);
        expect([status, complete, received.toString()]).toEqual([200, true, bytes.toString()]);
      }
      const [item] = (await gateway.call('requests.list', { limit: 1 })).items;
      expect(item).toMatchObject({ state: 'ok', usage: { inputTokens: 3, outputTokens: 1, estimated: false } });
    },
  );
});
