/** Measures what a model wrote in a whole answer, for an estimate of its tokens. */
import { isFields } from '../../json/fields.ts';
import { parseJson, textBytes } from '../../json/parse.ts';

/** @returns bytes of text and of calls, envelopes and media left out; null when the answer cannot be read */
export function measureAnswer(body: Buffer): number | null {
  const answer = parseJson(body.toString('utf8'));
  const pieces: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const candidates = pieces.flatMap((piece) =>
    isFields(piece) && Array.isArray(piece['candidates']) ? piece['candidates'] : [],
  );
  return candidates.length === 0 ? null : candidates.reduce((bytes: number, each) => bytes + candidateBytes(each), 0);
}

function candidateBytes(candidate: unknown): number {
  const content = isFields(candidate) ? candidate['content'] : null;
  const parts: readonly unknown[] = isFields(content) && Array.isArray(content['parts']) ? content['parts'] : [];
  return parts.reduce((bytes: number, part) => bytes + partBytes(part), 0);
}

function partBytes(part: unknown): number {
  if (!isFields(part)) return 0;
  const { text, functionCall } = part;
  return textBytes(text) + (isFields(functionCall) ? callBytes(functionCall['name'], functionCall['args']) : 0);
}

function callBytes(name: unknown, args: unknown): number {
  return textBytes(name) + Buffer.byteLength(JSON.stringify(args) ?? '');
}
