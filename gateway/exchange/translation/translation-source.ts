/** What one exchange gives its translations: its request, and what was remembered for it and will be. */
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import type { ExchangeInput } from '../exchange-input.ts';
import type { ExchangePorts } from '../ports.ts';
import { answerKeeper, refuseUnknownPrevious } from './previous-response.ts';
import type { Runtime } from '../runtime.ts';
import type { TranslationSource } from './translation.ts';

export interface Asked {
  readonly request: PassthroughRequest;
  readonly id: string;
}

export function openTranslationSource(
  { keepsResponses }: Pick<Runtime, 'keepsResponses'>,
  { reasoning, responses }: Pick<ExchangePorts, 'reasoning' | 'responses'>,
  { dialect: client, client: asker, place, streamForm }: Pick<ExchangeInput, 'dialect' | 'client' | 'place' | 'streamForm'>,
  { request, id }: Asked,
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
      return bringsSealsBack ? asked : reasoning.recall(clientId, asked);
    },
    observe: bringsSealsBack ? () => undefined : reasoning.observe(clientId),
    keepAnswer: keepsResponses ? answerKeeper(client, request, (key, turn) => responses.keep(clientId, key, turn)) : null,
  };
}
