/** The words of every reason for which a target is asked, asked later, or refused. */
import type { TargetState } from '../../contract/decision.ts';
import { dollars, duration, either, tokens } from './amounts.ts';
import { factsOf, type Judged, stateOf, type Weighing } from '../judge-target.ts';
import { costOf, durationOf } from '../order-targets.ts';
import type { Evaluation } from '../evaluate.ts';

/** `provider/model`; the name alone where no provider lists it. */
export function nameOf({ provider, model }: { readonly provider: string; readonly model: string }): string {
  return provider === '' ? model : `${provider}/${model}`;
}

/** Why it is refused, in a clause that follows its name. */
export function refusedBecause(judged: Judged, weighing: Weighing): string {
  const { provider: id } = judged;
  const { features, snapshot, outcome, askedTokens } = weighing;
  const facts = factsOf(judged, weighing);
  switch (judged.code) {
    case 'unlisted':
      return 'no provider has this name before its slash, and none lists it as a model';
    case 'not-allowed':
      return `its key may use ${allowedWords(features.allowedModels)} only`;
    case 'provider-off':
      return `the provider ${id} is switched off`;
    case 'dialect': {
      const [door = 'this', ...others] = features.dialects;
      return `the provider ${id} does not offer ${door}${others.length === 0 ? '' : ', nor anything it can be translated to'}`;
    }
    case 'no-key':
      return `the provider ${id} ${snapshot.keyProblem(id) ?? 'has no usable key'}`;
    case 'not-local':
      return `it does not run on this machine, and the rule "${outcome.pinnedBy}" keeps the ${features.pinnedBefore === null ? 'request' : 'conversation'} here`;
    case 'tools':
      return 'the model cannot call tools, and the request has some';
    case 'images':
      return 'the model cannot read images, and the request has some';
    case 'schema':
      return 'the model does not hold to a JSON schema, and the request has one';
    case 'reasoning':
      return 'the model does not reason, and the request asks for it';
    case 'context':
      return `the model reads ${tokens(facts.contextTokens ?? 0)}, and the request has about ${neededWords(features.inputTokens, askedTokens)}`;
    case 'output':
      return `the model answers with ${tokens(facts.maxOutputTokens ?? 0)} at most, and the request asks for ${tokens(askedTokens ?? 0)}`;
    case 'cost':
      return `it would cost about ${dollars(costOf(judged, weighing) ?? 0)}, and the rule "${outcome.costLimitedBy}" allows ${dollars(outcome.limits.maxCostUsd ?? 0)} a call`;
    case 'price-unknown':
      return `nobody knows its price, and the rule "${outcome.costLimitedBy}" limits what a call may cost`;
    default:
      return 'it can be asked';
  }
}

/** So many of a list are told: an error is read, and a long list is looked up. */
const toldModels = 8;

/** `openai/*, ollama/* and 3 more`. */
export function allowedWords(allowed: readonly string[] | null): string {
  if (allowed === null) return 'any model';
  const more = allowed.length - toldModels;
  return either([...allowed.slice(0, toldModels), ...(more > 0 ? [`${more} more`] : [])], 'and');
}

function neededWords(inputTokens: number, askedTokens: number | null): string {
  return askedTokens === null ? tokens(inputTokens) : `${tokens(inputTokens)} and asks for ${tokens(askedTokens)} more`;
}

/** Why it is asked, first or later, in a clause that follows its name. */
export function askedBecause(judged: Judged, { weighing, route, ordered }: Evaluation): string {
  const found = foundWords(judged);
  const place = placeWords(judged, weighing, route, ordered);
  return place === null ? found : `${found}; ${place}`;
}

function foundWords({ named }: Judged): string {
  if (named.namedBy === 'request') return named.listed ? 'the provider lists this model' : 'named by the request';
  const who = named.namedBy === 'fallback' ? 'rule for prompts that are too long for the others' : named.namedBy;
  return named.listed ? `named by the ${who}, and the provider lists this model` : `named by the ${who}`;
}

type Route = Evaluation['route'];

function placeWords(judged: Judged, weighing: Weighing, route: Route, ordered: readonly Judged[]): string | null {
  const { code } = judged;
  if (code === 'demoted-state') return `it is asked after the others, because ${troubleOf(judged, weighing)}`;
  if (code === 'demoted-latency') {
    const { firstTokenMs } = stateOf(judged, weighing);
    const limit = weighing.outcome.limits.firstTokenMs ?? 0;
    return `it is asked after the others, because its first token takes about ${duration(firstTokenMs ?? 0)}, more than ${duration(limit)}`;
  }
  if (code === 'demoted-weight') return 'its weight is 0, so it is asked when no other is left';
  if (judged.kept)
    return code === 'chosen' ? 'it answered this session last' : 'it answered this session last, but another stands better';
  if (code !== 'chosen' || ordered.length <= 1) return null;
  const isBestOfAll = ordered.every((one) => one.code !== 'demoted-state' && one.code !== 'demoted-latency');
  return chosenWords(judged, weighing, route, isBestOfAll ? '' : ' of those that stand well');
}

function troubleOf(judged: Judged, weighing: Weighing): string {
  const { breaker, key } = stateOf(judged, weighing);
  if (breaker === 'open') return 'it failed too often lately';
  if (key === 'resting') return 'its keys rest';
  return key === 'set-aside' ? 'its keys are set aside' : 'it has no usable key';
}

function loadedWords({ loaded }: TargetState): string {
  if (loaded === null) return 'it has nothing to load, or does not tell, and none of the others is in memory';
  return loaded ? 'it is in memory' : 'nobody has it in memory, and it stands first';
}

/** @param among of whom it is the best, where that is not all */
function chosenWords(judged: Judged, weighing: Weighing, route: Route, among: string): string {
  const trouble = stateOf(judged, weighing);
  if (trouble.breaker === 'open') return 'it fails too, but nobody stands better';
  switch (route?.strategy) {
    case 'weighted':
      return route.splitBy === 'request'
        ? 'drawn by the weights'
        : `drawn by the weights for this ${route.splitBy === 'client' ? 'program' : 'session'}`;
    case 'round-robin':
      return 'it is its turn';
    case 'cheapest': {
      const cost = costOf(judged, weighing);
      return cost === null ? 'nobody knows a price' : `the cheapest${among} at about ${dollars(cost)}`;
    }
    case 'fastest': {
      const time = durationOf(judged, weighing);
      return time === null ? 'nobody has measured it yet' : `the fastest${among} at about ${duration(time)}`;
    }
    case 'least-busy':
      return `the least busy${among} with ${trouble.inFlight} under way`;
    case 'loaded':
      return loadedWords(trouble);
    default:
      return `it stands first${among}`;
  }
}
