/** Beside a Gemini request and answer that pass through: where they go, what changes, what is heard. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { encodeArrayStreamError } from '../../../../gateway/dialects/gemini/encode-error.ts';
import { gemini, geminiBatchEmbeddings, geminiEmbeddings } from '../../../../gateway/dialects/gemini/index.ts';
import { writeSignature } from '../../../../gateway/dialects/gemini/signature.ts';
import type { PassthroughRequest } from '../../../../gateway/dialects/dialect.ts';

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 3, totalTokenCount: 13 };
const usage = { inputTokens: 10, outputTokens: 3 };
const text = (words: string) => ({ content: { parts: [{ text: words }], role: 'model' } });

function read(body: unknown, dialect = gemini): PassthroughRequest {
  return dialect.readRequest([Buffer.from(JSON.stringify(body))], { model: 'models/m', stream: true });
}

function written(body: unknown, model: string, dialect = gemini): unknown {
  return JSON.parse(Buffer.concat([...read(body, dialect).write({ model, askUsage: true })]).toString());
}

/** Can only a translation send it on? */
const isMarked = (request: PassthroughRequest): boolean => gemini.translationMarks?.some((mark) => request.holds(mark)) === true;

describe('a request', () => {
  test.each([
    [gemini, 'gemini-3-pro', false, '/models/gemini-3-pro:generateContent'],
    [gemini, 'models/gemini-3-pro', true, '/models/gemini-3-pro:streamGenerateContent?alt=sse'],
    [gemini, 'tunedModels/mine', false, '/tunedModels/mine:generateContent'],
    [gemini, '../../x?y#z', false, '/models/..%2F..%2Fx%3Fy%23z:generateContent'],
    [gemini, 'a\uD800', false, '/models/a%EF%BF%BD:generateContent'],
    [geminiEmbeddings, 'e', false, '/models/e:embedContent'],
    [geminiBatchEmbeddings, 'e', false, '/models/e:batchEmbedContents'],
  ])('%# goes to its path', (dialect, model, stream, path) => {
    expect(dialect.upstreamPath(model, stream)).toBe(path);
  });

  test('is asked for by its path, and its bytes stay as they are under another name', () => {
    const body = { contents: [{ parts: [{ text: 'hi' }] }] };
    expect(read(body).head).toEqual({ model: 'm', stream: true, usageAsked: true });
    expect(written(body, 'other')).toEqual(body);
  });

  test('with a broken text is measured all the same: nobody else has read it', () => {
    const body = String.raw`{"contents":[{"parts":[{"text":"a\qb"},{"inlineData":{"data":"AAAA"}}]}]}`;
    const request = gemini.readRequest([Buffer.from(body)], { model: 'm', stream: true });
    expect(request.measure()).toEqual({ textBytes: body.length, media: [] });
  });

  test('for embeddings names the model in its body, and in each of a batch', () => {
    const content = { parts: [{ text: 'a' }] };
    expect(written({ model: 'models/m', content }, 'other', geminiEmbeddings)).toEqual({ model: 'models/other', content });
    const batch = {
      requests: [
        { model: 'models/m', content },
        { content, extra: 1 },
      ],
    };
    expect(written(batch, 'other', geminiBatchEmbeddings)).toEqual({
      requests: [
        { model: 'models/other', content },
        { content, extra: 1 },
      ],
    });
    expect(written(batch, 'm', geminiBatchEmbeddings)).toEqual(batch);
  });

  test('tells of a wrapped seal that stands in it, in base64, too', () => {
    const sealed = (thoughtSignature: string) => read({ contents: [{ role: 'model', parts: [{ text: '', thoughtSignature }] }] });
    expect(isMarked(sealed(writeSignature({ maker: 'anthropic', data: 'x' })))).toBe(true);
    expect(isMarked(sealed('gatehouse.openai.x'))).toBe(true);
    expect(isMarked(sealed(writeSignature({ maker: 'gemini', data: 'QQ==' })))).toBe(false);
  });

  test('is measured without its media', () => {
    const body = (data: string) => ({
      contents: [{ parts: [{ text: 'hi' }, { inline_data: { mime_type: 'image/png', data } }] }],
    });
    const { textBytes } = read(body('AAAA')).measure();
    const media = [{ kind: 'image', bytes: 3750, pixels: null }];
    expect(read(body('A'.repeat(5000))).measure()).toEqual({ textBytes, media });
    expect(read({ contents: [] }).measure()).toEqual({ textBytes: 15, media: [] });
  });
});

describe('a stream', () => {
  const feed = (...chunks: unknown[]) => {
    const reader = gemini.createStreamReader();
    const steps = chunks.map((chunk) => reader.read(typeof chunk === 'string' ? chunk : JSON.stringify(chunk), null));
    return { reader, steps };
  };

  test('may end once every candidate has its reason, and usage may follow', () => {
    const { reader } = feed({ candidates: [text('a'), { ...text('b'), index: 1 }] }, { candidates: [{ finishReason: 'STOP' }] });
    expect(reader.mayEnd).toBe(false);
    reader.read(
      JSON.stringify({ candidates: [{ index: 1, finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 1 } }),
      null,
    );
    expect(reader.mayEnd).toBe(true);
    expect(reader.read(JSON.stringify({ usageMetadata }), null)).toBe('pass');
    expect(reader.usage).toMatchObject(usage);
    expect(reader.rawUsageJson).toBe(JSON.stringify(usageMetadata));
  });

  test('may end with a blocked prompt, and not before anything came', () => {
    expect(feed().reader.mayEnd).toBe(false);
    expect(feed({ promptFeedback: { blockReason: 'SAFETY' } }).reader.mayEnd).toBe(true);
    expect(feed({ promptFeedback: { blockReason: 'BLOCKED_REASON_UNSPECIFIED' } }).reader.mayEnd).toBe(false);
    expect(feed({ candidates: [{ ...text('a'), finishReason: 'FINISH_REASON_UNSPECIFIED' }] }).reader.mayEnd).toBe(false);
  });

  test('says when it failed, in words and in whose shape', () => {
    const { reader, steps } = feed({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } });
    expect(steps).toEqual(['error']);
    expect([reader.errorMessage, reader.errorIsSound, reader.mayEnd]).toEqual(['overloaded', true, false]);
    expect(feed({ error: 'broke' }).reader).toMatchObject({ errorMessage: 'broke', errorIsSound: false });
  });

  test('passes what cannot be read, and blocks that hold nothing of concern unread', () => {
    const { reader, steps } = feed('{', '5', '[]');
    expect(steps).toEqual(['pass', 'pass', 'pass']);
    expect(reader.concerns(Buffer.from(`data: ${JSON.stringify({ candidates: [text('a')] })}\r\n\r\n`))).toBe(false);
    for (const chunk of [
      { usageMetadata },
      { candidates: [{ finishReason: 'STOP' }] },
      { error: {} },
      { promptFeedback: { blockReason: 'x' } },
    ]) {
      expect(reader.concerns(Buffer.from(`data: ${JSON.stringify(chunk)}\r\n\r\n`))).toBe(true);
    }
  });
});

describe('a whole answer', () => {
  const whole = (body: unknown) => gemini.readWhole(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  const kind = (body: string) => {
    try {
      return whole(body).errorMessage;
    } catch (error) {
      return error instanceof GatewayError ? error.kind : error;
    }
  };

  test('tells its usage, as an object and as the list that a stream may be', () => {
    const answer = { candidates: [text('a')], usageMetadata };
    expect(whole(answer)).toMatchObject({ usage, rawUsageJson: JSON.stringify(usageMetadata), errorMessage: null });
    expect(whole(` \n${JSON.stringify([{ usageMetadata: { promptTokenCount: 1 } }, answer, { candidates: [] }])}`)).toMatchObject(
      { usage },
    );
  });

  test('that is an error says so', () => {
    expect(whole({ error: { message: 'no' } }).errorMessage).toBe('no');
    expect(whole([{ error: { message: 'no' } }]).errorMessage).toBe('no');
  });

  test.each([
    ['{"candidates":', 'upstream-truncated'],
    ['[{"candidates":', 'upstream-truncated'],
    ['', 'upstream-truncated'],
    ['"x"', 'upstream-protocol'],
    ['{"usageMetadata":1]}', 'upstream-protocol'],
  ])('%j is refused', (body, expected) => {
    expect(kind(body)).toBe(expected);
  });

  test('is measured by what the model wrote', () => {
    const parts = [{ text: 'héllo' }, { functionCall: { name: 'f', args: { a: 1 } } }, { inlineData: { data: 'AAAA' } }];
    const answer = { candidates: [{ content: { parts } }] };
    expect(gemini.measureAnswer(Buffer.from(JSON.stringify(answer)))).toBe(6 + 1 + 7);
    expect(gemini.measureAnswer(Buffer.from(JSON.stringify([answer, answer])))).toBe(28);
    expect(gemini.measureAnswer(Buffer.from('{'))).toBeNull();
    expect(geminiEmbeddings.measureAnswer(Buffer.from('{}'))).toBeNull();
  });
});

describe('an error', () => {
  test.each([
    ['bad-request', 400, 'INVALID_ARGUMENT'],
    ['unauthorized', 401, 'UNAUTHENTICATED'],
    ['host-not-allowed', 403, 'PERMISSION_DENIED'],
    ['unknown-model', 404, 'NOT_FOUND'],
    ['upstream-rate-limit', 429, 'RESOURCE_EXHAUSTED'],
    ['internal', 500, 'INTERNAL'],
    ['upstream-failed', 502, 'UNAVAILABLE'],
    ['shutting-down', 503, 'UNAVAILABLE'],
    ['upstream-stalled', 504, 'DEADLINE_EXCEEDED'],
    ['body-too-large', 413, 'INVALID_ARGUMENT'],
  ] as const)('%s is %i %s', (errorKind, code, status) => {
    const body = JSON.parse(gemini.encodeError(new GatewayError(errorKind, 'words')));
    expect(body.error).toMatchObject({ code, status, message: 'words' });
  });

  test('names the field, and is one frame in a stream', () => {
    const frame = gemini.encodeStreamError(new GatewayError('bad-request', 'words', { field: 'contents' }));
    expect(frame).toMatch(/^data: \{.*\}\r\n\r\n$/);
    expect(JSON.parse(frame.slice(6)).error.details).toMatchObject([
      { reason: 'BAD_REQUEST' },
      { fieldViolations: [{ field: 'contents', description: 'words' }] },
    ]);
  });

  test('closes the list that a stream without alt=sse is', () => {
    const error = new GatewayError('upstream-stalled', 'words');
    expect(JSON.parse(encodeArrayStreamError(error, false))).toMatchObject([{ error: { code: 504 } }]);
    expect(JSON.parse(`[{"a":1}${encodeArrayStreamError(error, true)}`)).toMatchObject([{ a: 1 }, { error: { code: 504 } }]);
  });
});
