/** Says of one request what its way to the provider's format did to it. Pure. */
import { wasSent } from '../../../gateway/contract/attempts.ts';
import type { FidelityRecord, RequestDetail } from '../../../gateway/contract/records.ts';
import { dialectName } from '../../components/dialect-words.ts';
import { formatLost } from '../../components/formats.ts';
import type { Tone } from '../../components/state-badge.tsx';

/** @returns null where nothing can be said: no provider has answered, or it still runs */
export function passedThroughWords({ state, fidelity, attemptList, dialect }: RequestDetail): string | null {
  const reached = typeof attemptList.findLast(wasSent)?.status === 'number';
  if (fidelity !== null || state === 'started' || !reached) return null;
  return `Asked and sent as ${dialectName(dialect)}, byte for byte but for the model’s name, the key and a stream’s wish for its usage.`;
}

/** Was it refused for what it would have lost, before anything was sent? */
export function wasRefusedForLoss({ errorKind, fidelity }: Pick<RequestDetail, 'errorKind' | 'fidelity'>): boolean {
  return errorKind === 'untranslatable' && fidelity !== null && fidelity.dropped.length > 0;
}

/** `Asked as Anthropic messages, sent as OpenAI chat.` */
export function routeWords({ from, to }: FidelityRecord, refused = false): string {
  if (refused) return `Asked as ${dialectName(from)}; it was not sent as ${dialectName(to)}, which has no words for all of it.`;
  if (from === to) return `Asked as ${dialectName(from)} and written anew in the same format.`;
  return `Asked as ${dialectName(from)}, sent as ${dialectName(to)}.`;
}

/** The whole of a translation in a few words. */
export function verdictOf(
  { dropped, emulated }: FidelityRecord,
  refused = false,
): { readonly tone: Tone; readonly word: string } {
  if (refused) return { tone: 'warn', word: 'Refused rather than sent with a loss' };
  if (dropped.length > 0) return { tone: 'warn', word: formatLost(dropped.length) };
  if (emulated.length > 0) return { tone: 'good', word: 'Nothing lost, some of it said in other words' };
  return { tone: 'good', word: 'Nothing lost' };
}
