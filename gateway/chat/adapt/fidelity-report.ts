/** The ledger of one translated request, as its row keeps it. */
import type { FidelityNote, FidelityNotes, FidelityReport } from '../fidelity.ts';
import type { ChatRequest } from '../request.ts';
import { setFields } from './adapt-fields.ts';

/**
 * @param request as its client wrote it
 * @param names what its client calls the fields of the inner language, where otherwise
 */
export function reportFidelity(
  from: string,
  to: string,
  request: ChatRequest,
  notes: FidelityNotes,
  names: Readonly<Record<string, string>> = {},
): FidelityReport {
  const touched = new Set([...notes.dropped, ...notes.emulated].map(({ field }) => field));
  const called = (field: string): string => (Object.hasOwn(names, field) ? (names[field] ?? field) : field);
  const renamed = (note: FidelityNote): FidelityNote => ({ ...note, field: called(note.field) });
  return {
    from,
    to,
    kept: setFields(request)
      .filter((field) => !touched.has(field))
      .map(called),
    emulated: notes.emulated.map(renamed),
    dropped: notes.dropped.map(renamed),
  };
}
