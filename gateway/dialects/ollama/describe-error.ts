/** The words of an error that Ollama answers with: `{"error":"words"}`, or from its relatives an object with a message. */
import { isFields } from '../json/fields.ts';

/** @param error the value of the field `error` */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  if (isFields(error) && typeof error['message'] === 'string') return error['message'];
  return JSON.stringify(error) ?? 'unknown error';
}
