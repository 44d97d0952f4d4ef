/** Measures what a model wrote in a whole chat or completion, for an estimate of its tokens. */
import { isFields } from '../json/fields.ts';
import { parseJson, textBytes } from '../json/parse.ts';

/** Where text of the model's stands in a message; reasoning has several names among OpenAI's relatives. */
const textFields = ['content', 'refusal', 'reasoning_content', 'reasoning'];

/** @returns bytes of text and of tool calls, envelopes left out; null when the answer cannot be read */
export function measureAnswer(body: Buffer): number | null {
  const answer = parseJson(body.toString('utf8'));
  if (!isFields(answer) || !Array.isArray(answer['choices'])) return null;
  let bytes = 0;
  for (const choice of answer['choices'])
    if (isFields(choice)) bytes += textBytes(choice['text']) + messageBytes(choice['message']);
  return bytes;
}

function messageBytes(message: unknown): number {
  if (!isFields(message)) return 0;
  let bytes = 0;
  for (const field of textFields) bytes += textBytes(message[field]);
  if (Array.isArray(message['tool_calls'])) for (const call of message['tool_calls']) bytes += callBytes(call);
  return bytes;
}

function callBytes(call: unknown): number {
  const called = isFields(call) ? call['function'] : null;
  return isFields(called) ? textBytes(called['name']) + textBytes(called['arguments']) : 0;
}
