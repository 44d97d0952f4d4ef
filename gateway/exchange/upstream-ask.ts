/** A decided request as upstreams are asked: with what the policy sets and budgets need, in its own format or for a translation. */
import type { ChatRequest } from '../chat/request.ts';
import type { FidelityReport } from '../chat/fidelity.ts';
import { requestIdPrefix } from '../contract/request-id.ts';
import type { Meter } from '../contract/money/ledger.ts';
import type { RequestFinish, StartedRow } from '../contract/records.ts';
import type { PassthroughRequest } from '../dialects/dialect.ts';
import { type Billing, openBilling } from './billing/billing.ts';
import { type BudgetSource, budgetsTelling } from './billing/budget-source.ts';
import { lateMetersOf } from './billing/settle-charge.ts';
import { refusedTrace } from '../money/budgets/budget-trace.ts';
import type { Candidate } from './attempts/candidates.ts';
import type { DecidedRequest } from './decide-request.ts';
import type { ExchangeInput } from './exchange-input.ts';
import type { ExchangePorts } from './ports.ts';
import type { Runtime } from './runtime.ts';
import type { TranslationSource } from './translation/translation.ts';
import { openTranslationSource } from './translation/translation-source.ts';

const nothing: readonly never[] = [];

export interface UpstreamAsk {
  readonly request: PassthroughRequest;
  /** Null where no budget can apply. */
  readonly billing: Billing | null;
  /** For upstreams of another dialect. */
  openSource(): TranslationSource;
  /** @param told by the translation. @returns what was kept, emulated and dropped; null where nothing is to be told */
  report(told: FidelityReport | null): FidelityReport | null;
  /** Meters of budgets that have been made, or changed, since it was asked. */
  lateMeters(candidate: Pick<Candidate, 'provider' | 'model'>): readonly Meter[];
  /** Its row is written down. */
  recorded(row: RequestFinish): void;
}

export interface AskPlace {
  readonly runtime: Runtime;
  readonly ports: ExchangePorts;
  readonly input: ExchangeInput;
  /** Of the request. */
  readonly id: string;
  /** Its row, which was begun before anybody is asked. */
  started(): StartedRow;
}

export function askUpstream(
  { runtime, ports, input, id, started }: AskPlace,
  asked: PassthroughRequest,
  decided: DecidedRequest,
): UpstreamAsk {
  const { dialect, client, place } = input;
  const { settings, decision } = decided;
  const settled = settings.of(asked);
  // What only counts costs nothing.
  const budgets = dialect.countsFor ? nothing : ports.budgets.of(client);
  const billed = { budgets, rule: decision.rule, dialect, place, request: settled, settings: decision.settings, started };
  const billing = budgets.length === 0 ? null : openBilling({ ...ports, budgets: noting(ports.budgets, decided) }, billed);
  const request = billing?.limit.of(settled) ?? settled;
  const prepare = (said: ChatRequest): ChatRequest => {
    const prepared = settings.prepare(said);
    return billing?.limit.prepare(prepared) ?? prepared;
  };
  const source = { request, id: id.slice(requestIdPrefix.length), prepare, pinnedBy: decision.pinnedBy };
  return {
    request,
    billing,
    openSource: () => openTranslationSource(runtime, ports, input, source),
    recorded({ cost, settlement }) {
      if (cost.nanoUsd !== 0) ports.budgets.spent(settlement?.meters ?? []);
      if (settlement) billing?.settled(settlement);
    },
    lateMeters({ provider, model }) {
      const now = dialect.countsFor ? budgets : ports.budgets.now(client);
      if (now === budgets) return [];
      const spender = { provider: provider.id, model, rule: decision.rule };
      return lateMetersOf(ports.budgets.periodAt, { budgets: now, spender, held: billing?.meters ?? [], atMs: ports.now() });
    },
    report(told) {
      const report = told ?? settings.report();
      return billing?.limit.report(report, dialect) ?? report;
    },
  };
}

/** What a budget refuses is kept with the decision that it came behind. */
function noting(budgets: BudgetSource, { kept }: Pick<DecidedRequest, 'kept'>): BudgetSource {
  return budgetsTelling(budgets, {
    refused(budget, refused) {
      const { refusal } = refused;
      const standing = refusal && { ...refusal, endsAtMs: refusal.meter.endsAtMs };
      kept.noteBudget(refusedTrace(budget, { ...refused, standing }));
      budgets.refused(budget, refused);
    },
  });
}
