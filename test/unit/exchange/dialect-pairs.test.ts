/** Whatever is asked and answered means the same in every pair of dialects, and nothing hostile crashes any of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adaptRequest } from '../../../gateway/chat/adapt/adapt-request.ts';
import { GatewayError } from '../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../gateway/chat/request.ts';
import type { AnswerOptions, ChatCodec } from '../../../gateway/dialects/codec.ts';
import { anthropicMessages, type Dialect, gemini, ollama, openAiChat, openAiResponses } from '../../../gateway/dialects/index.ts';
import { framings } from '../../../gateway/exchange/relay/framing.ts';
import { anyAnswer, anyRequest, meaningOfAnswer, meaningOfRequest } from '../../support/any-chat.ts';
import { speakers } from '../../support/matrix/matrix-lab.ts';
import type { Written } from '../../support/matrix/sayings.ts';
import { said, thought } from '../../support/matrix/scenarios.ts';
import { chanceOf, spoil, spoilStream } from '../../support/mutate.ts';
import { relayHere } from '../../support/translate-here.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const chatDialects = [openAiChat, openAiResponses, anthropicMessages, gemini, ollama];
const pairs = chatDialects.flatMap((client) => chatDialects.filter((wire) => wire !== client).map((wire) => ({ client, wire })));
const runs = isFull ? 1_000 : 50;
/** Over all pairs; the dialects' own folders have theirs beside these. */
const spoiledEvents = (isFull ? 1_000_000 : 40_000) / pairs.length;
const spoiledAtOnce = 5;

function codecOf({ name, chat }: Dialect): ChatCodec {
  if (!chat) throw new Error(`${name} has no chat codec`);
  return chat;
}

const target = { model: 'm', quirks: {} };
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The request as it arrives at whoever speaks that dialect. */
function saidIn(dialect: Dialect, request: ChatRequest): { readonly body: unknown; readonly notes: FidelityNotes } {
  const codec = codecOf(dialect);
  const notes = new FidelityNotes();
  const adapted = adaptRequest(request, codec.abilities, notes);
  return { body: throughJson(codec.encodeRequest(adapted.request, target, notes)), notes };
}

function readIn(dialect: Dialect, body: unknown, stream: boolean): ChatRequest {
  const place = dialect === gemini ? { model: 'm', stream } : { model: null, stream: null };
  return codecOf(dialect).decodeRequest(body, place);
}

function optionsFor(request: ChatRequest): AnswerOptions {
  return { request, notes: new FidelityNotes(), id: 'x', inputTokensEstimate: 7 };
}

const asked: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  toolChoice: { type: 'auto' },
  responseFormat: { type: 'text' },
  maxOutputTokens: null,
  stream: true,
  streamUsage: true,
  unread: [],
};

function streamIn(dialect: Dialect, events: readonly ChatEvent[]): string {
  const encoder = codecOf(dialect).createStreamEncoder(optionsFor(asked));
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

function readStreamIn(dialect: Dialect, text: string): readonly ChatEvent[] {
  const decoder = codecOf(dialect).createStreamDecoder();
  const events = framings[dialect.framing]
    .readBlock(Buffer.from(text))
    .flatMap(({ data, event }) => (data === null || decoder.ended ? [] : decoder.push(data, event)));
  return decoder.ended ? events : [...events, ...decoder.end()];
}

describe.each(pairs)('from $client.name to $wire.name', { timeout: isFull ? 600_000 : 30_000 }, ({ client, wire }) => {
  test('a request means the same', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const first = saidIn(client, request);
        const read = readIn(client, first.body, request.stream);
        const second = saidIn(wire, read);
        const arrived = readIn(wire, second.body, request.stream);
        const noted = [...first.notes.emulated, ...second.notes.emulated].some(({ field }) => field === 'max_output_tokens');
        const meant = meaningOfRequest(request);
        expect(meaningOfRequest(arrived)).toEqual(noted ? { ...meant, maxOutputTokens: arrived.maxOutputTokens } : meant);
        expect(second.notes.dropped).toEqual(expectedLoss(read, wire));
        expect(read.stream).toBe(request.stream);
      }),
      { numRuns: runs },
    );
  });

  test('an answer means the same, streamed and whole', () => {
    fc.assert(
      fc.property(anyAnswer, (events) => {
        const meant = asSayable(meaningOfAnswer(events));
        const relayed = relayHere(client, wire, [Buffer.from(streamIn(wire, events))]);
        expect(relayed).toMatchObject({ end: 'complete', error: null });
        expect(meaningOfAnswer(readStreamIn(client, relayed.text))).toEqual(meant);
        const whole = codecOf(wire).decodeAnswer(throughJson(codecOf(wire).encodeAnswer(events, optionsFor(asked))));
        const again = codecOf(client).decodeAnswer(throughJson(codecOf(client).encodeAnswer(whole, optionsFor(asked))));
        expect(meaningOfAnswer(again)).toEqual(meant);
      }),
      { numRuns: runs },
    );
  });

  /** In Ollama's words an answer with calls ends for their sake. */
  function asSayable(meant: ReturnType<typeof meaningOfAnswer>): ReturnType<typeof meaningOfAnswer> {
    const knowsWhy = client !== ollama && wire !== ollama;
    return knowsWhy || meant.calls.length === 0 ? meant : { ...meant, reason: 'tool-calls' };
  }

  const speaker = speakers.find(({ dialect }) => dialect === wire.name);
  const written: Written = {
    reasoning: thought,
    text: said,
    calls: [{ id: 'call_1', name: 'get_weather', args: { city: 'Oslo' } }],
    finish: 'tool-calls',
  };
  const frames = speaker?.stream(written) ?? [];

  test('spoiled streams are read, or break off with words', () => {
    for (let seed = 0; seed < spoiledEvents / spoiledAtOnce; seed += 1) {
      const spoiled = spoilStream(frames, spoiledAtOnce, chanceOf(seed));
      const relayed = orSeed(seed, () => relayHere(client, wire, [Buffer.from(spoiled.join(''))]));
      expect(relayed.end === 'complete').toBe(relayed.error === null);
      expect(relayed.end).not.toBe('open');
      // What was called complete its client can read, be it as a model's own failure.
      if (relayed.end === 'complete') orSeed(seed, () => readOrFailure(client, relayed.text));
    }
  });

  test('spoiled answers and requests are read and written, or refused with words', () => {
    const body = saidIn(client, fc.sample(anyRequest, { seed: 7, numRuns: 5 }).at(-1) ?? asked).body;
    const answer = speaker?.whole(written);
    for (let seed = 0; seed < (isFull ? 20_000 : 500); seed += 1) {
      const chance = chanceOf(seed);
      orRefusal(seed, () => saidIn(wire, readIn(client, spoil(spoil(body, chance), chance), true)));
      orRefusal(seed, () => {
        const events = codecOf(wire).decodeAnswer(spoil(spoil(answer, chance), chance));
        return codecOf(client).encodeAnswer(events, optionsFor(asked));
      });
    }
  });
});

/** Of what is generated here, only settings can lack a word. */
function expectedLoss({ stop, parallelToolCalls, tools, temperature }: ChatRequest, wire: Dialect): readonly object[] {
  const { fields } = codecOf(wire).abilities;
  const lost = [
    parallelToolCalls === false && tools.length > 0 && !fields.has('parallelToolCalls') ? 'parallel_tool_calls' : null,
    temperature !== undefined && !fields.has('temperature') ? 'temperature' : null,
    stop !== undefined && !fields.has('stop') ? 'stop' : null,
  ];
  return lost.flatMap((field) => (field === null ? [] : [expect.objectContaining({ field }) as object]));
}

/** A finish that says `error` is an answer, too, and Responses says it as one. */
function readOrFailure(client: Dialect, text: string): void {
  try {
    readStreamIn(client, text);
  } catch (error) {
    if (!(error instanceof GatewayError && error.kind === 'upstream-failed')) throw error;
  }
}

/** Tells with which seed it crashed. */
function orSeed<Result>(seed: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw new Error(`crashed with the seed ${seed}`, { cause: error });
  }
}

function orRefusal(seed: number, run: () => unknown): void {
  orSeed(seed, () => {
    try {
      expect(run()).toBeDefined();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
  });
}
