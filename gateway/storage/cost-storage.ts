/** What rows cost, as who computes it anew asks and writes it. */
import type { CostChange, LoggedCostsPage, LoggedCostsQuery } from '../contract/money/repricing.ts';
import type { LogBackground } from './background.ts';
import type { UsedModel } from './logged-costs.ts';
import type { UsageSummaries } from './usage-summaries.ts';
import type { Writer } from './writer.ts';

export interface CostStorage {
  /** @throws ReadFailedError */
  list(query: LoggedCostsQuery): Promise<LoggedCostsPage>;
  /** Rows and summaries in one transaction. Rejects with WriteFailedError. */
  change(changes: readonly CostChange[]): Promise<void>;
  /** Models that were asked since a moment (milliseconds since 1970). @throws ReadFailedError */
  usedModels(sinceMs: number): Promise<readonly UsedModel[]>;
}

export function costStorage(background: LogBackground, writer: Writer, summaries: Pick<UsageSummaries, 'write'>): CostStorage {
  /** What was handed over a moment ago is in the log, and in the summaries, for who asks now. */
  const settle = (): void => {
    writer.flush();
    summaries.write();
  };
  return {
    list: (query) => {
      settle();
      return background.loggedCosts(query);
    },
    change: async (changes) => {
      settle();
      await writer.apply({ kind: 'reprice', changes });
    },
    usedModels: (sinceMs) => {
      settle();
      return background.usedModels(sinceMs);
    },
  };
}
