/**
 * The field `thoughtSignature`: Gemini's own seals stand in it bare, those of others wrapped. It is of type bytes, and typed
 * clients (Go, Python, Java) refuse a whole answer in which it is not base64: so a wrapped seal is written as base64, too.
 */
import { type Seal, unwrapSeal, wrapSeal, wrappedSealMark } from '../../chat/seal.ts';
import { isAbsent, readText } from '../json/fields.ts';

/** What Google documents for calls that another model made: it is no seal. https://ai.google.dev/gemini-api/docs/thought-signatures */
export const noSignature = 'skip_thought_signature_validator';

/** How every wrapped seal begins in base64: the mark without its dot is nine bytes, twelve characters, whatever follows. */
export const wrappedSignatureMark = Buffer.from(wrappedSealMark.slice(0, -1)).toString('base64');

/** Stands in a wrapped seal before the data of reasoning that was hidden whole; a dot has no place in base64. */
const redactedMark = 'redacted.';

export interface Signature {
  readonly seal: Seal;
  /** Foreign reasoning of which the seal is all there is. */
  readonly redacted: boolean;
}

/** @returns null where there is none, and for the word that stands for none */
export function readSignature(value: unknown, field: string): Signature | null {
  if (isAbsent(value)) return null;
  const text = readText(value, field);
  if (text === '' || text === noSignature || isEncodedNoSignature(text)) return null;
  const seal = unwrapSeal(decoded(text), 'gemini');
  const redacted = seal.maker !== 'gemini' && seal.data.startsWith(redactedMark);
  return { seal: redacted ? { ...seal, data: seal.data.slice(redactedMark.length) } : seal, redacted };
}

export function writeSignature(seal: Seal, redacted = false): string {
  if (seal.maker === 'gemini') return seal.data;
  const wrapped = wrapSeal(redacted ? { ...seal, data: redactedMark + seal.data } : seal);
  return Buffer.from(wrapped).toString('base64');
}

function decoded(text: string): string {
  if (!text.startsWith(wrappedSignatureMark)) return text;
  const wrapped = Buffer.from(text, 'base64').toString('utf8');
  return wrapped.startsWith(wrappedSealMark) ? wrapped : text;
}

/** Typed clients hold bytes, and send that word as base64 of itself. */
function isEncodedNoSignature(text: string): boolean {
  return text.length < 60 && Buffer.from(text, 'base64').toString('latin1') === noSignature;
}
