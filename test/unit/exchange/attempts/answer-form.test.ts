/** Which answers are relayed, and as what: nothing that a client could take for something else. */
import { expect, test } from 'vitest';
import { dialects } from '../../../../gateway/dialects/index.ts';
import { judgeAnswer } from '../../../../gateway/exchange/attempts/answer-form.ts';

function judge(name: string, type: string | undefined, stream = false, more: Readonly<Record<string, string>> = {}) {
  const dialect = dialects.get(name);
  if (!dialect) throw new Error(`no dialect ${name}`);
  const headers = { ...(type === undefined ? {} : { 'content-type': type }), 'content-length': '7', ...more };
  return judgeAnswer(headers, dialect, stream);
}

test.each([
  ['openai-chat', 'application/json', false, 'whole'],
  ['openai-chat', 'text/event-stream; charset=utf-8', true, 'stream'],
  ['openai-chat', 'application/json', true, 'none'],
  ['openai-chat', 'text/event-stream', false, 'none'],
  ['openai-chat', 'audio/mpeg', false, 'none'],
  ['images/generations', 'application/json; charset=utf-8', false, 'whole'],
  ['images/generations', 'text/event-stream', true, 'stream'],
  ['images/generations', 'application/json', true, 'whole'],
  ['images/generations', 'text/event-stream', false, 'none'],
  ['images/generations', 'image/png', false, 'none'],
  ['moderations', 'text/plain', false, 'none'],
  ['audio/transcriptions', 'application/json', true, 'whole'],
  ['audio/transcriptions', 'text/plain; charset=utf-8', false, 'bytes'],
  ['audio/speech', 'text/event-stream', false, 'stream'],
  ['audio/speech', 'Audio/MPEG', false, 'bytes'],
  ['audio/speech', 'text/html', false, 'none'],
  ['audio/speech', 'image/svg+xml', false, 'none'],
  ['audio/speech', 'application/javascript', false, 'none'],
  ['audio/speech', undefined, false, 'none'],
])('%s that answers %s (stream asked for: %s) is %s', (name, type, stream, kind) => {
  expect(judge(name, type, stream).kind).toBe(kind);
});

test.each([
  ['audio/pcm;rate=24000', 'audio/pcm;rate=24000'],
  ['audio/L16; rate=24000; channels=1', 'audio/l16; rate=24000; channels=1'],
  ['text/vtt; charset=utf-8', 'text/vtt; charset=utf-8'],
  ['application/x-subrip', 'application/x-subrip'],
  ['application/octet-stream', 'application/octet-stream'],
  ['audio/ogg; codecs="opus"', 'audio/ogg'],
  ['text/plain; charset=utf-8; x=<b>', 'text/plain; charset=utf-8'],
])('bytes that call themselves %s go on as %s', (type, contentType) => {
  expect(judge('audio/speech', type)).toEqual({ kind: 'bytes', contentType });
});

test.each(['audio/mpegs, text/html', 'text/plainer', 'audio/', 'audio/mpeg text/html'])('%s is no type', (type) => {
  expect(judge('audio/speech', type).kind).toBe('none');
});

test('bytes whose end nobody can tell are refused, and so is what was compressed', () => {
  const headers = { 'content-type': 'audio/mpeg' };
  const speech = dialects.get('audio/speech');
  if (!speech) throw new Error('no speech');
  expect(judgeAnswer(headers, speech, false)).toMatchObject({ kind: 'none', problem: expect.stringContaining('whole') });
  expect(judgeAnswer({ ...headers, 'transfer-encoding': 'chunked' }, speech, false).kind).toBe('bytes');
  expect(judge('audio/speech', 'audio/mpeg', false, { 'content-encoding': 'gzip' }).kind).toBe('none');
});
