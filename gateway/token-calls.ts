/** Answers the call about tokens. */
import type { CallHandlers } from './contract/calls.ts';
import type { LearnedTokens } from './token-knowledge.ts';

export function tokenCalls({ tokens }: { readonly tokens: Pick<LearnedTokens, 'list'> }) {
  return {
    'tokens.calibration': () => ({ items: tokens.list() }),
  } satisfies Partial<CallHandlers>;
}
