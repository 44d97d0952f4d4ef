/** Every recorded stream in every other dialect: means the same, however its bytes are cut, and is never complete too early. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import {
  anthropicMessages,
  type Dialect,
  gemini,
  ollama,
  openAiChat,
  openAiCompletions,
  openAiResponses,
} from '../../../../gateway/dialects/index.ts';
import { framings } from '../../../../gateway/exchange/relay/framing.ts';
import {
  canonOf,
  loadRecordings,
  type Meaning,
  noRecordings,
  type Recording,
  recordingsAreHere,
} from '../../../support/recordings.ts';
import { speakers } from '../../../support/matrix/matrix-lab.ts';
import type { Written } from '../../../support/matrix/sayings.ts';
import { said, thought } from '../../../support/matrix/scenarios.ts';
import { cutUnevenly } from '../../../support/send-bytes.ts';
import { cutAtEvents, eventsOf, type Relayed, relayHere } from '../../../support/translate-here.ts';

const chatDialects = [openAiChat, openAiResponses, anthropicMessages, gemini, ollama];
const clients = [...chatDialects, openAiCompletions];
const pairs = clients.flatMap((client) => chatDialects.filter((wire) => wire !== client).map((wire) => ({ client, wire })));
const recordings = loadRecordings();
const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';

/** Some answers are made now. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_763_600_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The reader knows no calls in pieces (Gemini's partial arguments); these clients offered no custom tools and no namespaces. */
const unread = /"partialArgs"|"custom_tool_call"|"namespace":"/;

function streamsOf({ name }: Dialect): readonly Recording[] {
  return (recordings.get(name) ?? []).filter(({ stream, expected }) => stream && !expected?.error);
}

/** Blank space between passages is the dialects' own. */
const squeezed = (text: string): string => text.replace(/\s+/g, '');

/** What a client of that dialect can be told of it. What a provider did not count is estimated where a client needs it. */
function told(meaning: Meaning | undefined, client: Dialect, isCounted: boolean) {
  if (!meaning) throw new Error('this recording means nothing');
  const { text, refusal, reasoning, toolCalls, finish, usage } = meaning;
  const isTextOnly = client === openAiCompletions;
  return {
    words: squeezed(text + refusal),
    reasoning: isTextOnly ? '' : squeezed(reasoning),
    toolCalls: isTextOnly ? [] : toolCalls,
    finish,
    usage: isCounted && usage ? { input: usage.input, output: usage.output } : null,
  };
}

/** At every event; of long streams, at the first ones, the last ones, and some between. */
function lengths(count: number): readonly number[] {
  const most = isFull ? 60 : 16;
  const all = Array.from({ length: count }, (_, index) => index);
  const step = Math.ceil(count / (most / 2));
  return count <= most ? all : all.filter((index) => index < most / 4 || index >= count - most / 4 || index % step === 0);
}

/** Would a reader of this dialect take it for a whole answer? */
function looksComplete(client: Dialect, text: string): boolean {
  const decoder = client.chat?.createStreamDecoder();
  if (!decoder) throw new Error(`${client.name} has no codec`);
  try {
    for (const { data, event } of framings[client.framing].readBlock(Buffer.from(text))) {
      if (data !== null) decoder.push(data, event);
    }
    decoder.end();
    return true;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return false;
  }
}

function expectBroken(client: Dialect, { end, error, text }: Relayed): void {
  expect(error?.kind).toBe('upstream-truncated');
  expect(end === 'broken' || end === 'refused').toBe(true);
  if (end === 'broken') expect(looksComplete(client, text)).toBe(false);
}

const written: Written = {
  reasoning: thought,
  text: said,
  calls: [
    { id: 'call_1', name: 'get_weather', args: { city: 'Tromsø "水" 🍏' } },
    { id: 'call_2', name: 'get_time', args: {} },
  ],
  finish: 'tool-calls',
};

describe.each(pairs)('a stream of $wire.name for a client of $client.name', ({ client, wire }) => {
  const frames = speakers.find(({ dialect }) => dialect === wire.name)?.stream(written) ?? [];
  const events = frames.map((frame) => Buffer.from(frame));
  const bytes = Buffer.concat(events);

  test('is the same however it is cut, also inside of characters', () => {
    const whole = relayHere(client, wire, [bytes]);
    expect(whole).toMatchObject({ end: 'complete', error: null });
    for (const pieces of [events, cutUnevenly(bytes, 1), ...[2, 3, 5, 40, 400].map((size) => cutUnevenly(bytes, size))]) {
      expect(relayHere(client, wire, pieces)).toEqual(whole);
    }
  });

  test('that ends at any byte before its end is broken off', () => {
    const last = (wire === openAiChat ? events.slice(0, -1) : events).reduce((sum, { length }) => sum + length, 0);
    const step = isFull ? 1 : 29;
    for (let length = 0; length < last - 4; length += step)
      expectBroken(client, relayHere(client, wire, [bytes.subarray(0, length)]));
  });

  test('may lack its last blank line', () => {
    const whole = relayHere(client, wire, [bytes]);
    expect(relayHere(client, wire, [Buffer.from(bytes.toString('utf8').trimEnd())])).toEqual(whole);
  });
});

describe.each(pairs)(
  'recorded streams of $wire.name for clients of $client.name',
  { timeout: isFull ? 600_000 : 30_000 },
  ({ client, wire }) => {
    beforeEach((context) => context.skip(!recordingsAreHere, noRecordings));

    const streams = streamsOf(wire);
    const place = pairs.findIndex((pair) => pair.client === client && pair.wire === wire);
    /** Every stream in the full run; else a part of them, for each pair another. */
    const some = streams.filter((_, index) => isFull || index % 8 === place % 8);

    test('mean the same', () => {
      expect(streams.length).toBeGreaterThan(3);
      for (const { file, bytes, expected } of streams) {
        const relayed = relayHere(client, wire, [bytes]);
        expect([file, relayed.end, relayed.error?.message]).toEqual([file, 'complete', undefined]);
        if (unread.test(bytes.toString('utf8'))) continue;
        // xAI counts thoughts beside its output, which the reader does not know.
        const isCounted = (expected?.usage?.input ?? 0) > 0 && !bytes.includes('"grok');
        const read = told(canonOf(client.name).stream(eventsOf(client, relayed.text)), client, isCounted);
        const meant = told(expected, client, isCounted);
        // Some recordings were shortened: their pieces are not the text that they end with.
        const isShortened = read.words === squeezed(expected?.deltaText ?? expected?.text ?? '');
        expect({ file, ...read }).toEqual({ file, ...meant, ...(isShortened && { words: read.words }) });
      }
    });

    test('mean the same in pieces of events, of odd sizes and of single bytes', () => {
      for (const { file, bytes } of some) {
        const whole = relayHere(client, wire, [bytes]).text;
        const cuts = [cutAtEvents(wire, bytes), cutUnevenly(bytes, 97), cutUnevenly(bytes, 9)];
        if (isFull || bytes.length < 3_000) cuts.push(cutUnevenly(bytes, 1));
        for (const pieces of cuts) {
          const relayed = relayHere(client, wire, pieces);
          expect(relayed.end).toBe('complete');
          expect({ file, text: relayed.text }).toEqual({ file, text: whole });
        }
      }
    });

    test('that end early are broken off, unless all was said', () => {
      for (const { file, bytes } of some) {
        const whole = relayHere(client, wire, [bytes]);
        const wholeMeaning = told(canonOf(client.name).stream(eventsOf(client, whole.text)), client, false);
        const events = cutAtEvents(wire, bytes);
        for (const length of lengths(events.length)) {
          const relayed = relayHere(client, wire, events.slice(0, length));
          if (relayed.end === 'complete') {
            const read = told(canonOf(client.name).stream(eventsOf(client, relayed.text)), client, false);
            expect({ file, length, ...read }).toEqual({ file, length, ...wholeMeaning });
          } else expectBroken(client, relayed);
        }
      }
    });
  },
);
