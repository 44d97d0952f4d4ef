/** Events are read as browsers read them (WHATWG HTML 9.2.6), and each keeps its own bytes. */
import { expect, test } from 'vitest';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';

const read = (text: string) => readEvents(Buffer.from(text)).map(({ bytes, data, event }) => [bytes.toString(), data, event]);

test.each([
  ['a comment', ': ping\n\n', [[': ping\n\n', null, null]]],
  ['data with and without its one space', 'data: a\ndata:b\ndata:  c\n\n', [['data: a\ndata:b\ndata:  c\n\n', 'a\nb\n c', null]]],
  ['a data line without a colon', 'data\n\n', [['data\n\n', '', null]]],
  [
    'a name before and after its data',
    'event: x\ndata: 1\n\ndata: 2\nevent:y\n\n',
    [
      ['event: x\ndata: 1\n\n', '1', 'x'],
      ['data: 2\nevent:y\n\n', '2', 'y'],
    ],
  ],
  [
    'fields it does not know',
    'id: 7\nretry: 3\ndatax: 1\n data: 2\n\n',
    [['id: 7\nretry: 3\ndatax: 1\n data: 2\n\n', null, null]],
  ],
  [
    'CRLF',
    'data: 1\r\n\r\ndata: 2\r\n\r\n',
    [
      ['data: 1\r\n\r\n', '1', null],
      ['data: 2\r\n\r\n', '2', null],
    ],
  ],
  [
    'CR alone',
    'data: 1\r\rdata: 2\r\r',
    [
      ['data: 1\r\r', '1', null],
      ['data: 2\r\r', '2', null],
    ],
  ],
  [
    'more blank lines than one',
    'data: 1\n\n\n\ndata: 2\n\n',
    [
      ['data: 1\n\n', '1', null],
      ['\n\n', null, null],
      ['data: 2\n\n', '2', null],
    ],
  ],
])('%s', (_what, text, events) => {
  expect(read(text)).toEqual(events);
});
