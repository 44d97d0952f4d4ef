/** Measures what a model wrote, for when nobody counted tokens. */
import { isFields } from '../../json/fields.ts';
import { parseJson, textBytes } from '../../json/parse.ts';

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
