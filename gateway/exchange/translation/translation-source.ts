/** What one exchange gives its translations: its request, and what was remembered for it and will be. */
import type { ChatRequest } from '../../chat/request.ts';
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import type { ExchangeInput } from '../exchange-input.ts';
import type { ExchangePorts } from '../ports.ts';
import { answerKeeper, refuseUnknownPrevious } from './previous-response.ts';
import type { Runtime } from '../runtime.ts';
import type { TranslationSource } from './translation.ts';

export interface Asked {
  /** Settings as the policy wants them. */
  prepare(request: ChatRequest): ChatRequest;
  readonly request: PassthroughRequest;
  readonly id: string;
  /** The rule that keeps it on this machine. */
  readonly pinnedBy: string | null;
}

export function openTranslationSource(
  { keepsResponses }: Pick<Runtime, 'keepsResponses'>,
  { reasoning, responses }: Pick<ExchangePorts, 'reasoning' | 'responses'>,
  { dialect: client, client: asker, place, streamForm }: Pick<ExchangeInput, 'dialect' | 'client' | 'place' | 'streamForm'>,
  { request, id, prepare, pinnedBy }: Asked,
): TranslationSource {
  const clientId = asker?.id ?? null;
  const bringsSealsBack = client.chat === null || client.chat.abilities.sealMaker !== null;
  return {
    client,
    place,
    streamForm,
    request,
    id,
    prepare(asked) {
      refuseUnknownPrevious(client, asked);
      const settled = prepare(asked);
      return bringsSealsBack ? settled : reasoning.recall(clientId, settled);
    },
    observe: bringsSealsBack ? () => undefined : reasoning.observe(clientId),
    keepAnswer: keepsResponses
      ? answerKeeper(client, request, pinnedBy, (key, turn) => responses.keep(clientId, key, turn))
      : null,
  };
}
