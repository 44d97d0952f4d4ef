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
  learn({ provider, model }: Asked, translation: Translation, refusal: UpstreamRefusal): boolean {
    const field = refusedField(translation, refusal);
    if (field === null) return false;
    const key = keyOf(provider.id, model);
    const refused = this.#byModel.get(key) ?? new Set<string>();
    if (refused.has(field)) return false;
    refused.add(field);
    this.#byModel.delete(key);
    this.#byModel.set(key, refused);
    const [oldest] = this.#byModel.keys();
    if (oldest !== undefined && this.#byModel.size > mostModels) this.#byModel.delete(oldest);
    return true;
  }
}

/** The field of ours that a 400 or 422 names; Ollama refuses `think` on a model without thinking, and names none. */
function refusedField({ wire, body }: Translation, { fieldAtFault, upstreamStatus }: UpstreamRefusal): string | null {
  if (upstreamStatus !== 400 && upstreamStatus !== 422) return null;
  const [named = ''] = (fieldAtFault ?? '').split(/[.[]/);
  const field = wire.name === 'ollama' && named === '' ? 'think' : named;
  const mayGo = dispensable.has(field) || (field === 'max_tokens' && wire.name === 'openai-chat');
  return mayGo && body.includes(`"${field}":`) ? field : null;
}

const keyOf = (providerId: string, model: string): string => `${providerId} ${model}`;
