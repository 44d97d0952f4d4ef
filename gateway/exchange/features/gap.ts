/** A text to be written before another (`suffix`): few formats can say that, and who cannot must not be asked. */
import { GatewayError } from '../../chat/error.ts';
import type { Decision } from '../../decision/decision.ts';
import type { DecisionFeatures } from '../../decision/question.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { upstreamDialects } from '../../dialects/index.ts';

/** In which dialects a provider may be asked, the best first. */
export function dialectsFor(dialect: Dialect, request: PassthroughRequest): readonly string[] {
  return upstreamDialects(dialect, fillsGap(dialect, request));
}

/**
 * The refusal of a request that nobody can serve only because it has a gap to be filled; null where that is not why.
 * @param features of the request
 * @param decideOn decides as for the request itself
 */
export function gapRefusal(
  dialect: Dialect,
  request: PassthroughRequest,
  features: DecisionFeatures,
  decideOn: (features: DecisionFeatures) => Decision,
): GatewayError | null {
  if (!fillsGap(dialect, request)) return null;
  const { targets } = decideOn({ ...features, dialects: upstreamDialects(dialect) });
  if (targets.length === 0) return null;
  const words = `suffix cannot be said to "${request.head.model}": choose a provider that completes text with a gap`;
  return new GatewayError('untranslatable', words, { field: 'suffix' });
}

/** Looked for in the bytes first: hardly a request has one. */
function fillsGap({ mayFillGap }: Dialect, request: PassthroughRequest): boolean {
  if (mayFillGap !== true || !request.holds('"suffix"')) return false;
  const body = request.parse();
  const suffix = typeof body === 'object' && body !== null ? Reflect.get(body, 'suffix') : null;
  return suffix !== null && suffix !== undefined && suffix !== '';
}
