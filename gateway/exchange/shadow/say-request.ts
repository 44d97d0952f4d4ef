/** Says a request to its shadow's target: the same bytes where that speaks its dialect, else a translation of its own. */
import type { Dialect } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/index.ts';
import type { WireQuirks } from '../../dialects/codec.ts';
import type { UpstreamRequest } from '../../upstream/transport.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { upstreamRequest } from '../attempts/upstream-request.ts';
import { translate } from '../translation/translate.ts';
import type { Translation } from '../translation/translation.ts';
import type { AskedShadow } from './asked-shadow.ts';

type Said = Pick<AskedShadow, 'input' | 'request' | 'openSource'>;

export interface SaidRequest {
  readonly upstream: UpstreamRequest;
  /** Null where the bytes pass through. */
  readonly translation: Translation | null;
}

/** The dialect that the target is asked in. */
export function wireOf({ input }: Pick<AskedShadow, 'input'>, candidate: Candidate): Dialect {
  return dialects.get(candidate.dialect) ?? input.dialect;
}

/** @throws GatewayError for what cannot be said in the target's dialect */
export function sayRequest(asked: Said, candidate: Candidate, quirks: WireQuirks): SaidRequest {
  const { request } = asked;
  const { dialect, clientHeaders } = asked.input;
  const { provider, model } = candidate;
  const wire = wireOf(asked, candidate);
  const isTranslated = wire.name !== dialect.name || dialect.translationMarks?.some((mark) => request.holds(mark)) === true;
  const translation = isTranslated ? translateApart(asked, wire, { model, quirks }) : null;
  const timeouts = request.head.stream ? provider.timeouts : provider.wholeTimeouts;
  return { translation, upstream: upstreamRequest({ candidate, wire, request, translation, clientHeaders, timeouts }) };
}

/** What a shadow answers is remembered for nobody: its thoughts and its answers are not the ones that the client saw. */
function translateApart({ openSource }: Said, wire: Dialect, target: { model: string; quirks: WireQuirks }): Translation {
  return translate({ ...openSource(), observe: () => undefined, keepAnswer: null }, wire, target);
}
