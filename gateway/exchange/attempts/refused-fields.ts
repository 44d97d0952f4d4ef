/**
 * What models refuse, learned from their own refusals: a model without reasoning answers 400 to a wish for it. A translation
 * leaves such a field out from then on, and says so; a request that passes through is never changed.
 */
import type { WireQuirks } from '../../dialects/codec.ts';
import type { Candidate } from './candidates.ts';
import type { Translation } from '../translation/translation.ts';
import type { UpstreamRefusal } from './upstream-error.ts';

type Asked = Pick<Candidate, 'model'> & { readonly provider: Pick<Candidate['provider'], 'id' | 'quirks'> };

/** Fields without which the same is asked for. What is not here is never left out because somebody refused it. */
const dispensable: ReadonlySet<string> = new Set([
  'reasoning_effort',
  'reasoning',
  'thinking',
  'think',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'verbosity',
  'service_tier',
  'user',
  'safety_identifier',
  'metadata',
  'prompt_cache_key',
  'parallel_tool_calls',
  'stream_options',
]);

/** Models whose refusals are remembered; the oldest makes room. */
const mostModels = 1_000;

export class RefusedFields {
  readonly #byModel = new Map<string, Set<string>>();
  /** Models whose refusal named no field, until an answer without the field shows that it was meant. */
  readonly #suspected = new Set<string>();

  /** The provider's quirks, and what this model has refused so far. */
  quirksOf({ provider, model }: Asked): WireQuirks {
    const { quirks } = provider;
    const refused = this.#byModel.get(keyOf(provider.id, model));
    if (!refused) return quirks;
    return {
      ...quirks,
      refusedFields: [...(quirks.refusedFields ?? []), ...refused],
      ...(refused.has('stream_options') ? { noStreamOptions: true } : {}),
      ...(refused.has('max_tokens') ? { maxTokensField: 'max_completion_tokens' } : {}),
    };
  }

  /** @returns whether the same model may be asked once more, without what it has just refused */
  learn(asked: Asked, translation: Translation, refusal: UpstreamRefusal): boolean {
    const key = keyOf(asked.provider.id, asked.model);
    if (isUnnamed(translation, refusal) && this.#suspected.delete(key)) this.#byModel.get(key)?.delete(suspect);
    const field = refusedField(translation, refusal);
    // It was left out, and is refused all the same.
    if (field === null || translation.quirks.refusedFields?.includes(field)) return false;
    if (isUnnamed(translation, refusal)) this.#suspected.add(key);
    this.#remember(key, field);
    return true;
  }

  /** It has answered: without the field what was only suspected is so, with it it is not. */
  answered({ provider, model }: Asked, translation: Translation | null): void {
    if (this.#suspected.size === 0 || translation?.wire.name !== 'ollama') return;
    const key = keyOf(provider.id, model);
    const wasLeftOut = translation.quirks.refusedFields?.includes(suspect) === true;
    if (!wasLeftOut && !translation.body.includes(`"${suspect}":`)) return;
    if (this.#suspected.delete(key) && !wasLeftOut) this.#byModel.get(key)?.delete(suspect);
  }

  /** A config may have changed what stands at an address. */
  forgetAll(): void {
    this.#byModel.clear();
    this.#suspected.clear();
  }

  #remember(key: string, field: string): void {
    const refused = this.#byModel.get(key) ?? new Set<string>();
    this.#byModel.delete(key);
    this.#byModel.set(key, refused.add(field));
    const [oldest] = this.#byModel.keys();
    if (oldest === undefined || this.#byModel.size <= mostModels) return;
    this.#byModel.delete(oldest);
    this.#suspected.delete(oldest);
  }
}

/** Ollama refuses it on a model without thinking, and names no field. */
const suspect = 'think';

const isRefusal = ({ upstreamStatus }: UpstreamRefusal): boolean => upstreamStatus === 400 || upstreamStatus === 422;

const namedField = ({ fieldAtFault }: UpstreamRefusal): string => (fieldAtFault ?? '').split(/[.[]/)[0] ?? '';

function isUnnamed({ wire }: Translation, refusal: UpstreamRefusal): boolean {
  return isRefusal(refusal) && wire.name === 'ollama' && namedField(refusal) === '';
}

/** The field of ours that a 400 or 422 names, or may mean. */
function refusedField(translation: Translation, refusal: UpstreamRefusal): string | null {
  if (!isRefusal(refusal)) return null;
  const { wire, body } = translation;
  const field = isUnnamed(translation, refusal) ? suspect : namedField(refusal);
  const mayGo = dispensable.has(field) || (field === 'max_tokens' && wire.name === 'openai-chat');
  return mayGo && body.includes(`"${field}":`) ? field : null;
}

const keyOf = (providerId: string, model: string): string => `${providerId} ${model}`;
