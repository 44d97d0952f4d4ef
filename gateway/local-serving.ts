/** What serves models near by well: who has what in memory, loads that requests share, and models that are loaded beforehand. */
import type { GatewayConfig } from './contract/config.ts';
import type { LoadedModel } from './contract/loaded-model.ts';
import type { ProviderAccess } from './discovery/ask-provider.ts';
import { fillIn } from './dialects/json/fill-in.ts';
import { listLoaded } from './discovery/list-loaded.ts';
import { planCandidates, type KeySource } from './exchange/attempts/candidates.ts';
import { readLoadTerms } from './exchange/local/load-request.ts';
import { LoadedModels } from './exchange/local/loaded-models.ts';
import { type LoadReport, ModelLoads } from './exchange/local/model-loads.ts';
import { Prewarming } from './exchange/local/prewarm.ts';
import type { Runtime } from './exchange/runtime.ts';
import type { Log } from './log.ts';
import { fieldsFor } from './providers/model-options.ts';

export interface LocalServingSources {
  /** How to reach a provider; null when there is no such provider. */
  access(providerId: string): ProviderAccess | null;
  runtime(): Runtime;
  /** Does the model's server, by its own list, send it on to another machine? */
  isForwarded(provider: string, model: string): boolean;
  /** By its server's list, else by its name. */
  makesVectors(provider: string, model: string): boolean;
  keys(): KeySource;
  readonly log: Log;
  /** Something else is in memory than before. */
  onChange(): void;
}

export class LocalServing {
  readonly models: LoadedModels;
  readonly loads: ModelLoads;
  readonly #prewarming: Prewarming;
  readonly #sources: LocalServingSources;

  constructor(sources: LocalServingSources) {
    const monotonic = (): number => performance.now();
    const { access, isForwarded, onChange, log } = sources;
    this.#sources = sources;
    this.models = new LoadedModels({
      monotonic,
      onChange,
      list: async (id) => {
        const found = access(id);
        return found ? await listLoaded(found) : 'unknown';
      },
    });
    this.loads = new ModelLoads({
      models: this.models,
      monotonic,
      now: Date.now,
      isForwarded,
      onEnded: (report) => tellLoad(log, report),
    });
    this.#prewarming = new Prewarming({ now: Date.now, load: (model, minutes) => this.#prewarm(model, minutes) });
  }

  /** A config is in force. */
  use({ prewarm }: Pick<GatewayConfig, 'prewarm'>): void {
    const providers = [...this.#sources.runtime().providers.values()].map(({ provider }) => provider);
    this.models.follow(providers.filter(({ enabled, loadedList }) => enabled && loadedList !== null).map(({ id }) => id));
    this.#prewarming.use(prewarm);
  }

  /** A client asks for something. */
  readonly clientCame = (name: string): void => this.#prewarming.clientCame(name);

  /** What is in memory now, as far as it is known, by `provider/model`. */
  loaded(): ReadonlyMap<string, LoadedModel> {
    const ids = [...this.#sources.runtime().providers.keys()];
    return new Map(ids.flatMap((id) => this.models.listOf(id).map((model) => [`${id}/${model.name}`, model] as const)));
  }

  stop(): void {
    this.#prewarming.stop();
    this.models.stop();
  }

  #prewarm(name: string, keepAliveMinutes: number): void {
    const slash = name.indexOf('/');
    const [provider, model] = [name.slice(0, slash), name.slice(slash + 1)];
    const target = { provider, model, dialect: 'ollama', dialects: ['ollama'] };
    const { candidates, error } = planCandidates([target], this.#sources.runtime(), this.#sources.keys());
    const [candidate] = candidates;
    if (candidate?.provider.enabled === true && this.loads.isNeededFor(candidate)) {
      const dialect = this.#sources.makesVectors(provider, model) ? 'ollama-embeddings' : 'ollama';
      const body = fillIn([Buffer.from('{}')], fieldsFor(candidate.provider, model, dialect) ?? []);
      this.loads.warm(candidate, { ...readLoadTerms(dialect, body), keepAlive: `${keepAliveMinutes}m` });
      return;
    }
    const reason = error?.message ?? 'its provider loads no models on request, or is switched off';
    this.#sources.log(
      'warning',
      `The model ${name} cannot be loaded beforehand: ${reason}. Correct it under prewarm in the config.`,
    );
  }
}

/** Loads from a second on: a model that was in memory already tells nothing new. */
const worthTellingMs = 1_000;

function tellLoad(log: Log, { provider, model, durationMs, waited, error }: LoadReport): void {
  const facts = { provider, model, seconds: Math.round(durationMs / 100) / 10, waited };
  if (error !== null) log('warning', `A model could not be loaded: ${error.message}.`, { ...facts, kind: error.kind });
  else if (durationMs >= worthTellingMs) log('info', 'A model was loaded.', facts);
}
