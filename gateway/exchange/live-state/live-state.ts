/** What is known of the targets from the answers so far. It outlives every config, by names that stay the same. */
import type { GatewayConfig } from '../../contract/config.ts';
import type { TargetState } from '../../contract/decision.ts';
import { keyReference } from '../../contract/provider-keys.ts';
import type { ReliabilitySettings } from '../../contract/reliability.ts';
import type { KeyPool } from '../../providers/key-pool.ts';
import { type BreakerPlace, type BreakerState, CircuitBreakers } from './circuit-breakers.ts';
import { HealthChecks } from './health-checks.ts';
import type { LoadedModels } from '../local/loaded-models.ts';
import { RetryBudget } from './retry-budget.ts';
import { SessionTargets } from './sessions.ts';
import { FigureBook } from './target-figures.ts';
import { RouteTurns } from './turns.ts';

export interface LiveStateInput {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** The config's settings in force. */
  settings(): ReliabilitySettings;
  readonly keyPool: KeyPool;
  readonly loadedModels: Pick<LoadedModels, 'isLoaded'>;
  /** Asks the provider for something free; true when it answers. */
  checkProvider(id: string): Promise<boolean>;
  /** A breaker opened, takes probes, or closed. */
  onChange(): void;
}

/** The keys of one target: their references and weights. */
type Keys = Parameters<KeyPool['standings']>[1];

export class LiveState {
  readonly breakers: CircuitBreakers;
  readonly figures: FigureBook;
  readonly sessions: SessionTargets;
  readonly turns = new RouteTurns();
  readonly retries = new RetryBudget();
  readonly #checks: HealthChecks;
  readonly #input: LiveStateInput;

  constructor(input: LiveStateInput) {
    const { monotonic, now, checkProvider } = input;
    this.#input = input;
    this.figures = new FigureBook(monotonic);
    this.sessions = new SessionTargets(monotonic);
    this.breakers = new CircuitBreakers({ monotonic, now, onChange: (place, state) => this.#changed(place, state) });
    this.#checks = new HealthChecks({ monotonic, checkProvider, onBack: (provider) => this.breakers.halfOpen(provider) });
  }

  /**
   * How a target stands, for a decision: by the best of its keys.
   * @param keys its provider's; empty where it needs none
   * @param hasUsableKey is one of them there at all?
   */
  stateOf(provider: string, model: string, keys: Keys, hasUsableKey: boolean): TargetState {
    const { firstTokenMs, tokensPerSecond, samples, inFlight } = this.figures.of(provider, model);
    return {
      breaker: this.#bestBreaker(provider, model, keys),
      key: this.#bestKey(provider, keys, hasUsableKey),
      firstTokenMs,
      tokensPerSecond,
      samples,
      inFlight,
      loaded: this.#input.loadedModels.isLoaded(provider, model),
    };
  }

  /** Forgets what the config does not name any more. */
  keep(config: GatewayConfig): void {
    const keys = new Map(config.providers.map(({ id, keys: named }) => [id, new Set(named.map(keyReference))]));
    this.breakers.keep(({ provider, key }) => (key === null ? keys.has(provider) : keys.get(provider)?.has(key) === true));
    this.figures.keep((provider) => keys.has(provider));
    this.#checks.keep((provider) => keys.has(provider));
  }

  stop(): void {
    this.#checks.stop();
  }

  #changed({ provider }: BreakerPlace, state: BreakerState): void {
    const { healthChecks, breaker } = this.#input.settings();
    if (state === 'open' && healthChecks) this.#checks.opened(provider, breaker.openMs);
    this.#input.onChange();
  }

  #bestBreaker(provider: string, model: string, keys: Keys): BreakerState {
    if (this.breakers.isQuiet) return 'closed';
    const states = keys.map(({ reference }) => this.breakers.state({ provider, model, key: reference }));
    if (states.length === 0) return this.breakers.state({ provider, model, key: null });
    return (['closed', 'half-open'] as const).find((state) => states.includes(state)) ?? 'open';
  }

  #bestKey(provider: string, keys: Keys, hasUsableKey: boolean): TargetState['key'] {
    if (keys.length === 0) return hasUsableKey ? 'none' : 'missing';
    if (!hasUsableKey) return 'missing';
    const { keyPool } = this.#input;
    if (keyPool.isReady(provider, keys)) return 'ready';
    const states = keyPool.standings(provider, keys).map(({ state }) => state);
    return (['ready', 'resting'] as const).find((state) => states.includes(state)) ?? 'set-aside';
  }
}
