/** What a call may cost before it is sent: in US dollars, null where a price or a count is not known. */
import type { DecidingFacts } from '../../contract/decision.ts';
import type { DecidedSettings } from '../../decision/decision.ts';
import { askedOutputTokens, estimateCost } from '../../decision/estimate.ts';
import { isLocalTarget } from '../../decision/policy/local-target.ts';
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import type { Provider } from '../../providers/build-provider.ts';
import { policyProvider } from '../runtime.ts';

export interface CostQuestion {
  readonly provider: Provider;
  readonly model: string;
  readonly facts: DecidingFacts;
  readonly request: PassthroughRequest;
  /** The client's. */
  readonly dialect: string;
  readonly settings: DecidedSettings | null;
}

/** As if the answer used all that it may. @throws GatewayError `bad-request` for a limit of the answer that stands twice */
export function estimateCopy({ provider, model, facts, request, dialect, settings }: CostQuestion): number | null {
  const asked = { dialect, inputTokens: estimateInputTokens(request.measure(), { kind: provider.kind, model }) };
  const askedTokens = askedOutputTokens({ maxOutputTokens: request.sayings().maxOutputTokens() }, settings);
  return estimateCost(asked, askedTokens, facts, isLocalTarget(policyProvider(provider), model));
}
