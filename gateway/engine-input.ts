/** What the running heart of a gateway is given: everything that it does not own. */
import type { ConfigStore } from './config/config-store.ts';
import type { Problem } from './contract/status.ts';
import type { EventBus } from './control/event-bus.ts';
import type { ExchangePorts } from './exchange/ports.ts';
import type { Log } from './log.ts';
import type { ClientBook } from './secrets/client-book.ts';
import type { Vault } from './secrets/vault.ts';
import type { ManageModels } from './server/manage-models.ts';
import type { Storage } from './storage/open-storage.ts';

export interface EngineInput extends Pick<ExchangePorts, 'budgets' | 'tokens'> {
  readonly storage: Storage;
  readonly vault: Vault;
  readonly clients: ClientBook;
  readonly config: ConfigStore;
  readonly events: EventBus;
  readonly log: Log;
  /** Webhooks that do not take alerts. */
  readonly webhookProblems: () => readonly Problem[];
  /** Where a local engine answers; null while none does. */
  readonly localAddress: () => string | null;
  /** What Ollama's own programs ask of models that are here. */
  readonly manageModels: ManageModels;
  readonly dataDir: string;
  readonly programVersion: string;
}
