/** Arbitrary answers as events of the inner language, in any order that is legal. */
import fc from 'fast-check';
import type { ChatEvent, FinishReason } from '../../../../../gateway/chat/event.ts';
import type { Seal, SealMaker } from '../../../../../gateway/chat/seal.ts';

const text = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const sealOf = (...makers: readonly SealMaker[]): fc.Arbitrary<Seal> =>
  fc.record({ maker: fc.constantFrom(...makers), data: fc.base64String({ minLength: 4, maxLength: 12 }) });

type Step =
  | { readonly kind: 'text' | 'refusal' | 'reasoning'; readonly text: string }
  | { readonly kind: 'reasoning-end'; readonly seal: Seal | null; readonly redacted: boolean }
  | { readonly kind: 'text-seal'; readonly seal: Seal }
  | { readonly kind: 'call'; readonly custom: boolean; readonly space: boolean; readonly seal: Seal | null }
  | { readonly kind: 'input'; readonly call: number; readonly text: string }
  | { readonly kind: 'end-call'; readonly call: number }
  | { readonly kind: 'cite' | 'logprobs' | 'media' | 'native' | 'usage' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text', 'text', 'refusal', 'reasoning'), text }),
  fc.record({ kind: fc.constant('reasoning-end'), seal: fc.option(sealOf('anthropic', 'openai')), redacted: fc.boolean() }),
  fc.record({ kind: fc.constant('text-seal'), seal: sealOf('gemini') }),
  fc.record({ kind: fc.constant('call'), custom: fc.boolean(), space: fc.boolean(), seal: fc.option(sealOf('gemini')) }),
  fc.record({ kind: fc.constant('input'), call: fc.nat(3), text }),
  fc.record({ kind: fc.constant('end-call'), call: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('cite', 'logprobs', 'media', 'native', 'usage') }),
);

export const usageEvent: ChatEvent = {
  type: 'usage',
  usage: {
    inputTokens: 11,
    cachedInputTokens: 3,
    cacheWriteTokens: 2,
    outputTokens: 5,
    reasoningTokens: 1,
    audioInputTokens: null,
    audioOutputTokens: null,
  },
  raw: {},
};

export const startEvent: ChatEvent = { type: 'start', id: 'up_1', model: 'm', createdAtSeconds: 1_700_000_000 };

const single: Readonly<Record<'cite' | 'logprobs' | 'media' | 'native' | 'usage', ChatEvent>> = {
  cite: { type: 'citation', citation: { url: 'https://a.example', title: 'A', quote: null, start: 0, end: 1 } },
  logprobs: { type: 'logprobs', tokens: [{ token: 'a', logprob: -0.5, top: [{ token: 'b', logprob: -1 }] }] },
  media: { type: 'media', mediaType: 'image/png', data: 'AAAA' },
  native: { type: 'native', dialect: 'gemini', name: 'googleSearch' },
  usage: usageEvent,
};

/** What stands on a text, and so comes only behind one. */
const onText: ReadonlySet<string> = new Set(['text-seal', 'cite', 'logprobs']);

/** A call that never began gets no input, and none after its end. */
function writeSteps(steps: readonly Step[], reason: FinishReason): readonly ChatEvent[] {
  const events: ChatEvent[] = [startEvent];
  const open = new Set<number>();
  let calls = 0;
  for (const each of steps) {
    if (onText.has(each.kind) && events.at(-1)?.type !== 'text') continue;
    if (each.kind === 'call') {
      const seal = each.seal ? { seal: each.seal } : {};
      const space = each.space ? { namespace: 'space' } : {};
      const kind = each.custom ? 'custom' : 'function';
      events.push({ type: 'tool-start', index: calls, id: `call_${calls}`, name: `tool_${calls}`, ...space, kind, ...seal });
      open.add(calls);
      calls += 1;
    } else if (each.kind === 'input') {
      if (open.has(each.call)) events.push({ type: 'tool-input', index: each.call, text: each.text });
    } else if (each.kind === 'end-call') {
      if (open.delete(each.call)) events.push({ type: 'tool-end', index: each.call });
    } else if (each.kind === 'reasoning-end') {
      events.push({ type: 'reasoning-end', seal: each.seal, redacted: each.redacted });
    } else if (each.kind === 'text-seal') {
      events.push({ type: 'text-seal', seal: each.seal });
    } else if (each.kind === 'text' || each.kind === 'refusal' || each.kind === 'reasoning') {
      events.push({ type: each.kind, text: each.text });
    } else {
      events.push(single[each.kind]);
    }
  }
  return [...events, { type: 'finish', reason }];
}

export const anyAnswer: fc.Arbitrary<readonly ChatEvent[]> = fc
  .tuple(fc.array(step, { maxLength: 25 }), fc.constantFrom<FinishReason>('stop', 'length', 'content-filter', 'tool-calls'))
  .map(([steps, reason]) => writeSteps(steps, reason));
