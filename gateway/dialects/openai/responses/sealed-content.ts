/**
 * Seals in `encrypted_content`, the one place this format has for them. A reasoning item may also hold a seal that belongs to
 * something else (Gemini seals calls and texts, Anthropic hides whole passages): a mark before it says to what.
 */
import { type Seal, unwrapSeal, writeSeal } from '../../../chat/seal.ts';

/** What a seal on a reasoning item belongs to: that item, one whose text was hidden, the text before it, the call after it. */
export type SealPlace = 'reasoning' | 'redacted' | 'text' | 'call';

const marks = { redacted: 'gatehouse.redacted.', text: 'gatehouse.text.' } as const;

/** A Gemini seal alone is a call's, so it needs no mark; OpenAI hides nothing that it does not seal itself. */
export function writeSealedContent(seal: Seal, place: SealPlace): string {
  const content = writeSeal(seal, 'openai');
  const isMarked = place === 'text' || (place === 'redacted' && seal.maker !== 'openai');
  return isMarked ? marks[place] + content : content;
}

/** @param hasText does its item show text? Then the seal is that item's own. */
export function readSealedContent(content: string, hasText: boolean): { readonly seal: Seal; readonly place: SealPlace } {
  for (const place of ['redacted', 'text'] as const) {
    if (content.startsWith(marks[place])) return { seal: unwrapSeal(content.slice(marks[place].length), 'openai'), place };
  }
  const seal = unwrapSeal(content, 'openai');
  return { seal, place: seal.maker === 'gemini' && !hasText ? 'call' : 'reasoning' };
}
