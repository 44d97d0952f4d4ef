/** What could be different for one candidate to come nearer to being asked first, the likeliest first. */
import { dollars, duration, either, tokens } from '../words/amounts.ts';
import { type Change, keyChange, providerChange, requestChange, ruleChange, stateChange } from './changes.ts';
import type { Evaluation } from '../evaluate.ts';
import { factsOf, type Judged, neededContext, stateOf, type Weighing } from '../judge-target.ts';
import { costOf } from '../order-targets.ts';
import { deniedModels } from '../policy/allowed-models.ts';
import { orderChanges } from './order-changes.ts';
import { nameOf } from '../words/reason-words.ts';
import { violate } from './request-changes.ts';

export function changesFor(judged: Judged, evaluation: Evaluation): readonly Change[] {
  if (judged.target === null) return againstRefusal(judged, evaluation.weighing);
  return againstPlace(judged, evaluation);
}

function againstRefusal(judged: Judged, weighing: Weighing): readonly Change[] {
  const { provider: id, code } = judged;
  switch (code) {
    case 'provider-off':
      return [providerChange(`the provider ${id} was switched on`, id, { enabled: true })];
    case 'not-allowed':
      return [keyAllowing(judged, weighing)];
    case 'no-key':
      return [keyChange(id)];
    case 'not-local':
      return againstPin(weighing);
    case 'tools':
      return [requestChange('it had no tools', { tools: false })];
    case 'images':
      return [requestChange('it had no images', { images: false })];
    case 'schema':
      return [requestChange('it did not ask for JSON', { schema: false })];
    case 'reasoning':
      return [requestChange('it did not ask for reasoning', { reasoning: false })];
    case 'context':
      return againstContext(judged, weighing);
    case 'output':
      return [answerOf(factsOf(judged, weighing).maxOutputTokens ?? 0)];
    case 'cost':
      return againstCost(judged, weighing);
    case 'price-unknown':
      return weighing.policy.enabledRules
        .filter(({ limits }) => limits?.unknownPrice === 'refuse')
        .map(({ name }) => withLimit(`the rule "${name}" let unknown prices pass`, name, { unknownPrice: 'allow' }));
    default:
      // What it does not offer in any format that says the same, no request can ask of it.
      return [];
  }
}

function againstPin({ outcome, policy, features, clock }: Weighing): readonly Change[] {
  if (features.pinnedBefore !== null) return [requestChange('it began a new conversation', { pinnedBefore: null })];
  const rule = policy.enabledRules.find(({ name }) => name === outcome.pinnedBy);
  if (!rule) return [];
  const altered = rule.condition === null ? null : violate(rule.condition, { features, clock, words: [] });
  const unpinned = ruleChange(
    `the rule "${rule.name}" did not keep it on this machine`,
    rule.name,
    ({ pin: _pin, ...others }) => others,
  );
  if (altered === null || altered.words.length === 0) return [unpinned];
  const words = altered.words.join(' and ');
  const elsewhere: Change = {
    about: 'request',
    words,
    apply: (question) => ({ ...question, features: altered.features, clock: altered.clock }),
  };
  return [elsewhere, unpinned];
}

/** The key's list is as much the person's own saying as a rule is. */
function keyAllowing({ provider, model }: Judged, { features }: Weighing): Change {
  const denied = deniedModels(features, provider, model);
  const allowedModels = [...(features.allowedModels ?? []), ...denied];
  return { ...requestChange(`its key allowed ${either(denied, 'and')}`, { allowedModels }), about: 'policy' };
}

function promptOf(inputTokens: number): Change {
  return requestChange(`its prompt had at most ${tokens(inputTokens)}`, { inputTokens });
}

function answerOf(maxOutputTokens: number): Change {
  return requestChange(`it asked for at most ${tokens(maxOutputTokens)} of answer`, { maxOutputTokens });
}

function againstContext(judged: Judged, weighing: Weighing): readonly Change[] {
  const room = factsOf(judged, weighing).contextTokens ?? 0;
  const { provider } = judged.named;
  const { features, askedTokens } = weighing;
  const besides = provider === null ? 0 : neededContext(provider, features.inputTokens, askedTokens) - features.inputTokens;
  const changes: Change[] = [];
  if (room - besides >= 0) changes.push(promptOf(room - besides));
  if (besides > 0 && room - features.inputTokens > 0) changes.push(answerOf(room - features.inputTokens));
  return changes;
}

const million = 1_000_000;

function againstCost(judged: Judged, weighing: Weighing): readonly Change[] {
  const cost = costOf(judged, weighing) ?? 0;
  const { maxCostUsd = 0 } = weighing.outcome.limits;
  const { costLimitedBy } = weighing.outcome;
  const { inputPerMillionUsd, outputPerMillionUsd } = factsOf(judged, weighing);
  const { inputTokens } = weighing.features;
  const forInput = (inputTokens * (inputPerMillionUsd ?? 0)) / million;
  const changes: Change[] = [];
  const answer = Math.floor(((maxCostUsd - forInput) * million) / (outputPerMillionUsd || Number.NaN));
  if (answer > 0) changes.push(answerOf(answer));
  const prompt = Math.floor(((maxCostUsd - (cost - forInput)) * million) / (inputPerMillionUsd || Number.NaN));
  if (prompt > 0) changes.push(promptOf(prompt));
  if (costLimitedBy !== null) {
    changes.push(withLimit(`the rule "${costLimitedBy}" allowed ${dollars(cost)} a call`, costLimitedBy, { maxCostUsd: cost }));
  }
  return changes;
}

function withLimit(
  words: string,
  name: string,
  limits: { unknownPrice?: 'allow'; maxCostUsd?: number; firstTokenMs?: number },
): Change {
  return ruleChange(words, name, (rule) => ({ ...rule, limits: { ...rule.limits, ...limits } }));
}

function againstPlace(judged: Judged, evaluation: Evaluation): readonly Change[] {
  const { weighing, ordered } = evaluation;
  const ahead = ordered.slice(0, ordered.indexOf(judged));
  const changes: Change[] = [];
  if (judged.code === 'demoted-state') {
    const calm = { breaker: 'closed', key: 'ready' } as const;
    changes.push(stateChange(`${nameOf(judged)} was in order again`, [judged], calm));
  }
  if (judged.code === 'demoted-latency') changes.push(...againstLatency(judged, weighing));
  if (ahead[0]?.kept) changes.push(requestChange('it was a new session', { session: null }));
  changes.push(...orderChanges(judged, ahead, evaluation));
  const names = ahead.map(nameOf);
  changes.push(
    stateChange(`${either(names, 'and')} ${names.length === 1 ? 'was' : 'were'} failing`, ahead, { breaker: 'open' }),
    requestChange(`it asked for "${nameOf(judged)}"`, { requestedModel: nameOf(judged) }),
  );
  return changes;
}

function againstLatency(judged: Judged, weighing: Weighing): readonly Change[] {
  const limit = weighing.outcome.limits.firstTokenMs ?? 0;
  const { firstTokenMs } = stateOf(judged, weighing);
  const faster = stateChange(`its first token came within ${duration(limit)}`, [judged], { firstTokenMs: limit });
  const rule = weighing.policy.enabledRules.find(({ limits }) => limits?.firstTokenMs === limit);
  if (!rule || firstTokenMs === null) return [faster];
  const words = `the rule "${rule.name}" allowed ${duration(firstTokenMs)} to the first token`;
  return [faster, withLimit(words, rule.name, { firstTokenMs: Math.ceil(firstTokenMs) })];
}
