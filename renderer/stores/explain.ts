/** Asks the engine how it decided, or would decide, about a request. */
import type { CallArgument } from '../../gateway/contract/calls.ts';
import type { DecisionTrace } from '../../gateway/contract/decision.ts';
import { control } from '../control.ts';
import { useGateway } from './gateway.ts';
import type { PolicyDocument } from './policy-document.ts';
import { useTargets } from './targets.ts';
import { type Reading, useReading } from './use-reading.ts';

export type Question = CallArgument<'decision.explain'>;

/** How a request of the log was decided when it came. */
export function useDecisionOfThen(id: string, kept: boolean): Reading<DecisionTrace> {
  return useReading(kept ? id : null, 0, () => control.call('decision.explain', { id, at: 'then' }));
}

/**
 * How a request would be decided now, by what is in force or by a draft; asked anew when the config or a target changes.
 * @param question null asks nothing
 */
export function useTrial(question: Question | null, draft: PolicyDocument | null): Reading<DecisionTrace> {
  const configVersion = useGateway(({ config }) => config?.version ?? 0);
  const edition = useTargets((state) => state.edition);
  const policy = draft && { rules: [...draft.rules], aliases: draft.aliases };
  const policyText = policy ? JSON.stringify(policy) : '';
  return useReading(
    question ? JSON.stringify([question, policy !== null]) : null,
    `${configVersion} ${edition} ${policyText}`,
    () => control.call('decision.explain', { ...question, ...(policy ? { policy } : {}) }),
  );
}
