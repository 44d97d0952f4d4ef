/** Joins rate limits with what they are made of: who is limited, by the clients and the config, and what the log has of them. */
import type { GatewayConfig } from './contract/config.ts';
import type { ClientItem } from './contract/records.ts';
import type { RateLimits } from './contract/money/rate-limits.ts';
import { nanoOfUsd } from './contract/money/nano-usd.ts';
import { clientScope, providerScope } from './exchange/limits/scopes.ts';
import { hasLimits } from './limits/limit-rules.ts';
import { Limiter, type OpenCounts } from './limits/limiter.ts';
import { windowAt } from './limits/windows.ts';
import type { ClientBook } from './secrets/client-book.ts';
import type { Storage } from './storage/open-storage.ts';
import type { WindowCount, WindowQuestion } from './storage/window-counts.ts';

export interface LimitSources {
  readonly clients: Pick<ClientBook, 'list'>;
  readonly storage: Pick<Storage, 'windowCounts'>;
}

interface LimitedScope {
  readonly limits: RateLimits;
  readonly count: (question: Omit<WindowQuestion, 'id'>) => WindowCount;
}

export class LimitKeeper {
  readonly limiter = new Limiter(Date.now);
  readonly #sources: LimitSources;
  readonly #limits: () => GatewayConfig['limits'];
  readonly #prices: { loadFacts(): Promise<void> };

  /**
   * @param limits those of the config in force
   * @param prices are needed where expensive calls are limited
   */
  constructor(sources: LimitSources, limits: () => GatewayConfig['limits'], prices: { loadFacts(): Promise<void> }) {
    this.#sources = sources;
    this.#limits = limits;
    this.#prices = prices;
  }

  /**
   * To be called at the start and whenever clients or the config have changed: whoever is limited from now on begins with what the log
   * has of the windows that are open. Reads nothing where nobody is.
   */
  async prepare(): Promise<void> {
    const scopes = this.#scopes();
    const fresh = this.limiter.keep(new Set(scopes.keys()));
    for (const name of fresh) {
      const scope = scopes.get(name);
      if (scope) this.#restore(name, scope);
    }
    // Without a price nothing is expensive, and prices are not read before somebody needs them.
    const needsPrices = [...scopes.values()].some(({ limits }) => limits.expensive !== undefined);
    // What is in force is in force: a catalog that cannot be read leaves prices unknown.
    if (needsPrices) await this.#prices.loadFacts().catch(() => undefined);
  }

  /** What a client has used of its limits; undefined for one without any. */
  used({ id, limits }: Pick<ClientItem, 'id' | 'limits'>): ClientItem['limitsUsed'] {
    return hasLimits(limits) ? [...this.limiter.read(clientScope(id), limits)] : undefined;
  }

  #scopes(): ReadonlyMap<string, LimitedScope> {
    const { clients, storage } = this.#sources;
    const counts = storage.windowCounts;
    const ofClients = clients.list().map(({ id, limits }): [string, LimitedScope] => {
      return [clientScope(id), { limits, count: (question) => counts.ofClient({ ...question, id }) }];
    });
    const ofProviders = Object.entries(this.#limits().providers).map(([id, limits]): [string, LimitedScope] => {
      return [providerScope(id), { limits, count: (question) => counts.ofProvider({ ...question, id }) }];
    });
    return new Map([...ofClients, ...ofProviders].filter(([, { limits }]) => hasLimits(limits)));
  }

  #restore(name: string, { limits, count }: LimitedScope): void {
    const atMs = Date.now();
    const windows = { minute: windowAt('minute', atMs), hour: windowAt('hour', atMs), day: windowAt('day', atMs) };
    const { minute, hour, day } = windows;
    const counted = count({
      minuteStartsAtMs: minute.startsAtMs,
      minuteEndsAtMs: minute.endsAtMs,
      hourStartsAtMs: hour.startsAtMs,
      hourEndsAtMs: hour.endsAtMs,
      dayStartsAtMs: day.startsAtMs,
      dayEndsAtMs: day.endsAtMs,
      aboveNanoUsd: nanoOfUsd(limits.expensive?.aboveUsd ?? 0),
    });
    this.limiter.restore(name, openCounts(counted), windows);
  }
}

function openCounts(counted: WindowCount): OpenCounts {
  return {
    minute: { requests: counted.minuteRequests, tokens: counted.minuteTokens, expensive: counted.minuteExpensive },
    hour: { requests: counted.hourRequests, tokens: counted.hourTokens, expensive: counted.hourExpensive },
    day: { requests: counted.dayRequests, tokens: counted.dayTokens, expensive: counted.dayExpensive },
  };
}
