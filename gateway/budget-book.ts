/** The budgets in force: the config's and each client's own, with how they stand. */
import type { Alerts } from './alerts/alerts.ts';
import type { BudgetStanding } from './contract/money/budget.ts';
import type { ConfigBudget } from './contract/money/budget.ts';
import type { Meter, MeterStanding } from './contract/money/ledger.ts';
import { usdOfNano } from './contract/money/nano-usd.ts';
import { formatRequestId } from './contract/request-id.ts';
import type { BudgetSource, OverBound, RefusedAttempt } from './exchange/billing/budget-source.ts';
import type { ClientIdentity } from './exchange/ports.ts';
import { type Budget, budgetsOfClient, budgetsOfConfig } from './money/budgets/budget.ts';
import { type CalendarPeriod, createPeriodClock, type Period } from './money/budgets/periods.ts';

export interface BudgetBookSources {
  /** The config's, as they are now: the same list until it changes. */
  budgets(): readonly ConfigBudget[];
  clients(): readonly ClientIdentity[];
  /** What a client's requests are held to now; null where it is gone. */
  termsOf(clientId: string): Pick<ClientIdentity, 'id' | 'name' | 'budgets' | 'tier'> | null;
  standing(meter: Meter): MeterStanding;
  /** Milliseconds since 1970. */
  now(): number;
  /** Who warns. */
  readonly alerts: Pick<Alerts, 'onSpend' | 'onRefused' | 'onOverBound'>;
  /** Told at most a few times a second that something was spent. */
  onMoved(): void;
  /** Other budgets than before are in force. */
  onChanged(): void;
  reportFailure(error: unknown): void;
}

interface ClientBudgets {
  /** What it was made of: the config's budgets, and the client's own. */
  readonly own: readonly Budget[];
  readonly budgets: ClientIdentity['budgets'];
  readonly tier: ClientIdentity['tier'];
  readonly all: readonly Budget[];
}

/** What moves is told of together. */
const gatherMs = 250;

const noBudgets: readonly Budget[] = [];

export class BudgetBook implements BudgetSource {
  readonly #sources: BudgetBookSources;
  /** By the client's id. */
  readonly #ofClients = new Map<string, ClientBudgets>();
  #config: { readonly of: readonly ConfigBudget[]; readonly all: readonly Budget[] } = { of: [], all: noBudgets };
  readonly #moved = new Map<string, Meter>();
  #timer: NodeJS.Timeout | null = null;
  readonly periodAt: (kind: CalendarPeriod, atMs: number) => Period = createPeriodClock();

  constructor(sources: BudgetBookSources) {
    this.#sources = sources;
  }

  of(client: Pick<ClientIdentity, 'id' | 'name' | 'budgets' | 'tier'> | null): readonly Budget[] {
    const own = this.#ofConfig();
    if (client === null || (client.budgets.length === 0 && client.tier === null)) return own;
    const { id, budgets, tier } = client;
    const known = this.#ofClients.get(id);
    if (known && known.own === own && known.budgets === budgets && known.tier === tier) return known.all;
    const all = [...own, ...budgetsOfClient(client)];
    this.#ofClients.set(id, { own, budgets, tier, all });
    this.#sources.onChanged();
    return all;
  }

  now(client: ClientIdentity | null): readonly Budget[] {
    return this.of(client && (this.#sources.termsOf(client.id) ?? client));
  }

  spent(meters: readonly Meter[]): void {
    for (const meter of meters) this.#moved.set(`${meter.scope} ${meter.period}`, meter);
    this.#timer ??= setTimeout(() => this.#guarded(() => this.#tell()), gatherMs).unref();
  }

  refused(budget: Budget, { refusal }: RefusedAttempt): void {
    this.#guarded(() => this.#sources.alerts.onRefused(this.#standing(budget, refusal?.meter ?? null)));
  }

  overBound(budgets: readonly Budget[], { requestKey, heldNanoUsd, billedNanoUsd }: OverBound): void {
    const id = formatRequestId(requestKey);
    this.#guarded(() => {
      for (const budget of budgets)
        this.#sources.alerts.onOverBound(this.#standing(budget, null), id, usdOfNano(heldNanoUsd), usdOfNano(billedNanoUsd));
    });
  }

  /** A standing that cannot be read must not end whoever asks for it on the way to something else. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#sources.reportFailure(error);
    }
  }

  /** Every budget, as it stands now. */
  standings(): BudgetStanding[] {
    return this.#all().map((budget) => this.#standing(budget, null));
  }

  /** How a budget's meter stands in its present period; null for one by the call. */
  meterStanding(budget: Budget): (MeterStanding & { readonly endsAtMs: number }) | null {
    const meter = this.#meter(budget);
    return meter && { ...this.#sources.standing(meter), endsAtMs: meter.endsAtMs };
  }

  /** The meter of a budget in its present period; null where there is no such budget, or one by the call. */
  meterOf(budgetId: string): Meter | null {
    const budget = this.#all().find(({ id }) => id === budgetId);
    return budget ? this.#meter(budget) : null;
  }

  /** Tells of what moved, now. */
  close(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#guarded(() => this.#tell());
  }

  /** Tells how every budget stands: what the last process spent and had no time to tell. */
  lookBack(): void {
    this.#guarded(() => this.#sources.alerts.onSpend(this.standings()));
  }

  #all(): Budget[] {
    const own = this.#ofConfig();
    return [
      ...own,
      ...this.#sources.clients().flatMap((client) => this.of(client).filter(({ scopeKind }) => scopeKind === 'client')),
    ];
  }

  #ofConfig(): readonly Budget[] {
    const of = this.#sources.budgets();
    if (this.#config.of === of) return this.#config.all;
    this.#config = { of, all: of.length === 0 ? noBudgets : budgetsOfConfig(of) };
    if (of.length > 0) this.#sources.onChanged();
    return this.#config.all;
  }

  #tell(): void {
    this.#timer = null;
    const moved = [...this.#moved.values()];
    this.#moved.clear();
    const standings = this.#all().flatMap((budget) => {
      const meter = moved.find(({ scope, period }) => scope === budget.scope && period.startsWith(`${budget.period} `));
      return meter ? [this.#standing(budget, meter)] : [];
    });
    this.#sources.alerts.onSpend(standings);
    if (standings.length > 0) this.#sources.onMoved();
  }

  #meter({ scope, period: kind }: Budget): Meter | null {
    if (kind === 'call') return null;
    const { id: period, startsAtMs, endsAtMs } = this.periodAt(kind, this.#sources.now());
    return { scope, period, startsAtMs, endsAtMs };
  }

  /** @param meter of the period that is meant; null for the present one */
  #standing(budget: Budget, meter: Meter | null): BudgetStanding {
    const { id, name, scopeKind: kind, of, origin, period, isHard, limitNanoUsd, warnAt } = budget;
    const counted = meter ?? this.#meter(budget);
    const standing = counted ? this.#sources.standing(counted) : null;
    return {
      id,
      name,
      scope: { kind, of, name: kind === 'client' ? this.#nameOf(of) : of },
      origin,
      period,
      mode: isHard ? 'hard' : 'soft',
      limitUsd: usdOfNano(limitNanoUsd),
      warnAt: [...warnAt],
      periodId: counted?.period ?? null,
      startsAtMs: counted?.startsAtMs ?? null,
      endsAtMs: counted?.endsAtMs ?? null,
      settledUsd: usdOfNano(standing?.settledNanoUsd ?? 0),
      reservedUsd: usdOfNano(standing?.reservedNanoUsd ?? 0),
      unpriced: standing?.unpriced ?? 0,
      closed: standing?.closed ?? null,
      forecastUsd: null,
    };
  }

  #nameOf(clientId: string | null): string | null {
    return this.#sources.clients().find(({ id }) => id === clientId)?.name ?? null;
  }
}
