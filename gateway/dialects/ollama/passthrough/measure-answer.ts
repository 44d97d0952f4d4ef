/** Measures what a model wrote in a whole chat or generate answer, for an estimate of its tokens. */
import { isFields } from '../../json/fields.ts';
import { parseJson, textBytes } from '../../json/parse.ts';
import { readShape } from '../answer/answer-shape.ts';
import { decodeArguments } from '../tool-arguments.ts';

/** @returns bytes of text and of tool calls, envelopes left out; null when the answer cannot be read */
export function measureAnswer(body: Buffer): number | null {
  const answer = parseJson(body.toString('utf8'));
  const content = isFields(answer) ? readShape(answer) : null;
  if (content === null) return null;
  const calls: readonly unknown[] = Array.isArray(content['tool_calls']) ? content['tool_calls'] : [];
  return calls.map(callBytes).reduce((sum, bytes) => sum + bytes, textBytes(content['content']) + textBytes(content['thinking']));
}

function callBytes(call: unknown): number {
  const called = isFields(call) ? call['function'] : null;
  return isFields(called) ? textBytes(called['name']) + textBytes(decodeArguments(called['arguments'])) : 0;
}
