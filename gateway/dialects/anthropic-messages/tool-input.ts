/** The input of a tool call: an object on this dialect's wire, text in the inner language. */
import { isFields } from '../json/fields.ts';

/** Where text stands that is no JSON object, so that nothing of what the model wrote is lost. */
export const rawInputField = '_raw';

/** @returns null for what is not one sound JSON object; the empty text of a call without arguments is one */
export function parseToolInput(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** A client that kept text where an object belongs means that text. */
export function writeToolInput(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? {});
}
