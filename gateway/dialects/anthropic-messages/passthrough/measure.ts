/** Measures what a request holds for a model to read and what a model wrote, for when nobody counted tokens. */
import type { PassthroughRequest, RequestSize } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { parseIfSound, parseJson, textBytes } from '../../json/parse.ts';

/** Media stand in `source` objects as bare base64, not as data URLs. */
export function measureRequest(request: PassthroughRequest): RequestSize {
  let { textBytes, mediaParts } = request.measure();
  if (!request.holds('"base64"')) return { textBytes, mediaParts };
  for (const data of mediaIn(parseIfSound(request))) {
    textBytes -= data.length;
    mediaParts += 1;
  }
  return { textBytes: Math.max(0, textBytes), mediaParts };
}

function* mediaIn(value: unknown): Iterable<string> {
  if (isFields(value) && value.type === 'base64' && typeof value.data === 'string') yield value.data;
  else if (Array.isArray(value)) for (const each of value) yield* mediaIn(each);
  else if (isFields(value)) for (const each of Object.values(value)) yield* mediaIn(each);
}

/** @returns bytes of text, thoughts and calls, envelopes left out; null when the answer cannot be read */
export function measureAnswer(body: Buffer): number | null {
  const answer = parseJson(body.toString('utf8'));
  if (!isFields(answer) || !Array.isArray(answer.content)) return null;
  const content: readonly unknown[] = answer.content;
  return content.reduce((bytes: number, block) => bytes + blockBytes(block), 0);
}

function blockBytes(block: unknown): number {
  if (!isFields(block)) return 0;
  const input = block.input === undefined ? '' : JSON.stringify(block.input);
  return [block.text, block.thinking, block.name, input].reduce((bytes: number, text) => bytes + textBytes(text), 0);
}
