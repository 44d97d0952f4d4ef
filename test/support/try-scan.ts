/** Scans a JSON text for fields, and hands over the refusal where there is one. */
import { JsonStructureError, type ScannedObject, scanFields } from '../../gateway/dialects/json/scan-fields.ts';

/** What was found, or why the text was refused. */
export function tryScan(text: string | Buffer, wanted: readonly string[]): ScannedObject | JsonStructureError {
  try {
    return scanFields(typeof text === 'string' ? Buffer.from(text) : text, wanted);
  } catch (error) {
    if (error instanceof JsonStructureError) return error;
    throw error;
  }
}
