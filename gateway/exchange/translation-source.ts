/** What one exchange gives its translations: its request, and what was remembered for it and will be. */
import type { RequestPlace } from '../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import { answerKeeper, refuseUnknownPrevious } from './previous-response.ts';
import type { ReasoningMemory } from './reasoning-memory.ts';
import type { ResponseMemory } from './response-memory.ts';
import type { StreamForm, TranslationSource } from './translation.ts';

export interface SourceInput {
  readonly client: Dialect;
  readonly request: PassthroughRequest;
  readonly place: RequestPlace;
  readonly id: string;
  readonly streamForm: StreamForm | null;
  readonly clientId: string | null;
  readonly reasoning: ReasoningMemory;
  /** Null where answers are not to be kept. */
  readonly responses: ResponseMemory | null;
}

export function openTranslationSource({ clientId, reasoning, responses, ...source }: SourceInput): TranslationSource {
  const { client, request } = source;
  const bringsSealsBack = client.chat === null || client.chat.abilities.sealMaker !== null;
  return {
    ...source,
    prepare(asked) {
      refuseUnknownPrevious(client, asked);
      return bringsSealsBack ? asked : reasoning.recall(clientId, asked);
    },
    observe: bringsSealsBack ? () => undefined : reasoning.observe(clientId),
    keepAnswer: responses && answerKeeper(client, request, (id, turn) => responses.keep(clientId, id, turn)),
  };
}
