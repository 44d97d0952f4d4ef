/** A call's arguments: Ollama has them as an object, the inner language as the text that the model wrote. */
import { type Fields, isFields } from '../json/fields.ts';

/** What a call's arguments are put under when they are no JSON object: the other side sees that they are wrong, and why. */
export const brokenArgumentsKey = 'INVALID_JSON';

/** @param tellBroken called when the text is no JSON object and had to be wrapped */
export function encodeArguments(kind: 'function' | 'custom', input: string, tellBroken: () => void): Fields {
  if (kind === 'custom') return { input };
  if (input.trim() === '') return {};
  const value = parse(input);
  if (isFields(value)) return value;
  tellBroken();
  return { [brokenArgumentsKey]: input };
}

/** Some clients and servers write the text instead of the object. */
export function decodeArguments(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
