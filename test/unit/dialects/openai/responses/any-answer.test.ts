/** Any answer in any legal order, held against the official SDK's own reading and against ours. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectAnswer } from '../../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import type { ContentPart } from '../../../../../gateway/chat/request.ts';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';
import { encodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/encode-answer.ts';
import { meaningOf } from './meaning.ts';
import { answerOptions } from './options.ts';
import { decodeText, encodeStream, frames, sdkFor } from './read-stream.ts';
import { anyAnswer } from './write-events.ts';

const runs = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 1000 : 100;
const noPlace = { model: null, stream: null };

describe('any answer in any legal order', () => {
  test("the official SDK's own accumulator comes to the very object that a whole answer is", async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, async (events) => {
        const text = encodeStream(events);
        const final = await sdkFor(text).responses.stream({ model: 'm', input: 'hi' }).finalResponse();
        const whole = encodeAnswer(events, answerOptions());
        expect(JSON.parse(JSON.stringify(final.output))).toMatchObject(JSON.parse(JSON.stringify(whole.output)));
        expect(final.usage).toEqual(whole.usage);
        expect(final.status).toBe(whole.status);
        expect(frames(text).at(-1)?.response).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: runs },
    );
  });

  test('the pieces alone come to the same as the closing object', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, async (events) => {
        const text = encodeStream(events);
        const pieces = new Map<string, string>();
        for (const frame of frames(text)) {
          if (!frame.type.endsWith('.delta')) continue;
          const key = `${String(frame.output_index)}.${String(frame.content_index ?? 0)}`;
          pieces.set(key, (pieces.get(key) ?? '') + String(frame.delta));
        }
        for (const [index, item] of encodeAnswer(events, answerOptions()).output.entries()) {
          const { content, summary, arguments: input, input: free } = JSON.parse(JSON.stringify(item));
          const parts: readonly { readonly text?: string; readonly refusal?: string }[] = content ?? summary ?? [];
          const texts = parts.length > 0 ? parts.map((part) => part.text ?? part.refusal) : [input ?? free ?? ''];
          for (const [at, whole] of texts.entries()) expect(pieces.get(`${index}.${at}`) ?? '').toBe(whole);
        }
      }),
      { numRuns: runs },
    );
  });

  test('read again by our own decoder it means the same', () => {
    fc.assert(
      fc.property(anyAnswer, (events) => {
        const { finish: reason, ...meaning } = meaningOf(events);
        const { finish: again, ...read } = meaningOf(decodeText(encodeStream(events)));
        expect({ ...read, usage: null }).toEqual({ ...meaning, usage: null });
        if (reason === 'length' || reason === 'content_filter') expect(again).toBe(reason);
        else expect(again).toBe(meaning.toolCalls.length > 0 ? 'tool_calls' : 'stop');
      }),
      { numRuns: runs },
    );
  });

  test('sent back with the next turn, every text, thought, call and seal of any maker is where it was', () => {
    fc.assert(
      fc.property(anyAnswer, (events) => {
        const { output } = encodeAnswer(events, answerOptions());
        const { messages } = decodeRequest({ model: 'm', input: JSON.parse(JSON.stringify(output)) }, noPlace);
        expect(messages.length).toBeLessThanOrEqual(1);
        expect(compared(messages[0]?.parts ?? [])).toEqual(compared(partsOf(events)));
      }),
      { numRuns: runs * 3 },
    );
  });
});

function partsOf(events: readonly ChatEvent[]): readonly ContentPart[] {
  return collectAnswer(events).choices[0].parts.flatMap((part): readonly ContentPart[] => {
    if (part.type === 'media') return [];
    if (part.type === 'text') return [{ type: 'text', text: part.text, ...(part.seal ? { seal: part.seal } : {}) }];
    if (part.type === 'reasoning') return [{ type: 'reasoning', text: part.text, seal: part.seal, redacted: part.redacted }];
    if (part.type === 'refusal') return [{ ...part }];
    const { id, name, namespace, kind, input, seal } = part;
    return [
      { type: 'tool-call', id, name, kind, input, ...(namespace === null ? {} : { namespace }), ...(seal ? { seal } : {}) },
    ];
  });
}

/** A seal parts the text before it from the text behind it, which a collected answer joins again. */
function joinTexts(parts: readonly ContentPart[]): readonly ContentPart[] {
  const joined: ContentPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type === 'text' && last?.type === 'text') joined.splice(-1, 1, { ...last, ...part, text: last.text + part.text });
    else if (part.type === 'refusal' && last?.type === 'refusal') joined.splice(-1, 1, { ...part, text: last.text + part.text });
    else joined.push(part);
  }
  return joined;
}

/** Does it hold nothing that anybody could miss? */
function isNothing(part: ContentPart): boolean {
  if (part.type === 'text') return part.text === '' && !part.seal;
  return part.type === 'native' || (part.type === 'reasoning' && part.text === '' && part.seal === null);
}

/** Parts that say nothing may come and go; OpenAI's own seal hides by itself; a call without input has an empty object. */
function compared(parts: readonly ContentPart[]) {
  return joinTexts(parts.filter((part) => !isNothing(part))).map((part) => {
    if (part.type === 'reasoning') return { ...part, redacted: part.redacted && part.seal?.maker === 'anthropic' };
    return part.type === 'tool-call' && part.kind === 'function' ? { ...part, input: part.input || '{}' } : part;
  });
}
