/** The ledger of one translated request, as its row keeps it. */
import type { FidelityNotes, FidelityReport } from '../fidelity.ts';
import type { ChatRequest } from '../request.ts';
import { setFields } from './adapt-fields.ts';

/** @param request as its client wrote it */
export function reportFidelity(from: string, to: string, request: ChatRequest, notes: FidelityNotes): FidelityReport {
  const touched = new Set([...notes.dropped, ...notes.emulated].map(({ field }) => field));
  return {
    from,
    to,
    kept: setFields(request).filter((field) => !touched.has(field)),
    emulated: notes.emulated,
    dropped: notes.dropped,
  };
}
