/** What one exchange gives its translations: its request, and what was remembered for it. */
import type { ChatEvent } from '../chat/event.ts';
import type { RequestPlace } from '../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import type { ReasoningMemory } from './reasoning-memory.ts';
import type { StreamForm, TranslationSource } from './translation.ts';

export interface SourceInput {
  readonly client: Dialect;
  readonly request: PassthroughRequest;
  readonly place: RequestPlace;
  readonly id: string;
  readonly streamForm: StreamForm | null;
  readonly clientId: string | null;
  readonly reasoning: ReasoningMemory;
}

export function openTranslationSource({ clientId, reasoning, ...source }: SourceInput): TranslationSource {
  const carriesSeals = source.client.chat === null || source.client.chat.abilities.sealMaker !== null;
  if (carriesSeals) return { ...source, prepare: (request) => request, observe: ignore };
  return { ...source, prepare: (request) => reasoning.recall(clientId, request), observe: reasoning.observe(clientId) };
}

function ignore(_event: ChatEvent): void {
  // This dialect brings its seals back itself.
}
