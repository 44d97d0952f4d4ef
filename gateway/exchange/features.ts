/** What the decision is told of a request. */
import type { DecisionFeatures } from '../decision/decide.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import { upstreamDialects } from '../dialects/index.ts';

export function featuresOf(dialect: Dialect, request: PassthroughRequest): DecisionFeatures {
  const fillsGap = dialect.mayFillGap === true && request.holds('"suffix"');
  return { requestedModel: request.head.model, dialects: upstreamDialects(dialect, fillsGap) };
}
