/** Writes what requests and their copies add up to into `usageHours`, onto what is there. */
import type { Database } from 'better-sqlite3';
import type { Cell } from './aggregate.ts';
import { Histogram } from './histogram.ts';

/** Adds a cell to its row; the caller holds the transaction. */
export type AddCell = (cell: Cell) => void;

interface KeptParts {
  readonly errorKindsJson: string | null;
  readonly durationBins: string | null;
  readonly firstTokenBins: string | null;
}

/** Prepares the statements, once for each connection that writes. */
export function prepareAddCell(database: Database): AddCell {
  const read = database.prepare<[number, string, string, string, string, string], KeptParts>(readPartsSql);
  const add = database.prepare(addCellSql);
  return (cell) => {
    const { hourStartsAtMs, clientId, provider, model, task, rule } = cell;
    const kept = read.get(hourStartsAtMs, clientId, provider, model, task, rule);
    add.run({
      ...cell,
      errorKindsJson: addKinds(cell.errorKinds, kept?.errorKindsJson ?? null),
      ...durationColumns(cell.durations, kept?.durationBins ?? null),
      ...firstTokenColumns(cell.firstTokens, kept?.firstTokenBins ?? null),
    });
  };
}

function durationColumns(more: Histogram | null, keptBins: string | null) {
  const { bins, min, max, sum } = addedTo(keptBins, more);
  return { durationBins: bins, durationMinMs: min, durationMaxMs: max, durationSumMs: sum };
}

function firstTokenColumns(more: Histogram | null, keptBins: string | null) {
  const { bins, min, max, sum } = addedTo(keptBins, more);
  return { firstTokenBins: bins, firstTokenMinMs: min, firstTokenMaxMs: max, firstTokenSumMs: sum };
}

/** The bins of both; the ends and the sum of what is more, which SQL adds. */
function addedTo(kept: string | null, more: Histogram | null) {
  if (more === null) return { bins: kept, min: null, max: null, sum: 0 };
  const part = more.part();
  if (kept === null) return part;
  const all = new Histogram();
  all.addPart({ ...part, bins: kept + part.bins });
  return { ...part, bins: all.part().bins };
}

function addKinds(more: ReadonlyMap<string, number> | null, kept: string | null): string | null {
  if (more === null) return kept;
  const all = new Map(more);
  if (kept !== null) addErrorKinds(all, JSON.parse(kept));
  return JSON.stringify(Object.fromEntries(all));
}

/** Adds counts by kind, as `usageHours.errorKindsJson` has them, to `all`. */
export function addErrorKinds(all: Map<string, number>, kinds: Readonly<Record<string, number>>): void {
  for (const [kind, count] of Object.entries(kinds)) all.set(kind, (all.get(kind) ?? 0) + count);
}

const readPartsSql = `
SELECT errorKindsJson, durationBins, firstTokenBins FROM usageHours
WHERE hourStartsAtMs = ? AND clientId = ? AND provider = ? AND model = ? AND task = ? AND rule = ?`;

/** Sums are held at the greatest integer that JavaScript counts exactly, so that no upstream's nonsense stops the counting. */
const addCellSql = `
INSERT INTO usageHours (
  hourStartsAtMs, clientId, provider, model, task, rule, requests, errors, costNanoUsd, estimatedNanoUsd, unpriced,
  copies, copiesNanoUsd, copiesUnpriced, cacheSavedNanoUsd, localSavedNanoUsd, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens,
  generatedTokens, generatingMs, errorKindsJson,
  durationBins, durationMinMs, durationMaxMs, durationSumMs, firstTokenBins, firstTokenMinMs, firstTokenMaxMs, firstTokenSumMs
) VALUES (
  :hourStartsAtMs, :clientId, :provider, :model, :task, :rule, :requests, :errors, :costNanoUsd, :estimatedNanoUsd, :unpriced,
  :copies, :copiesNanoUsd, :copiesUnpriced, :cacheSavedNanoUsd, :localSavedNanoUsd, :inputTokens, :cachedInputTokens, :cacheWriteTokens, :outputTokens, :reasoningTokens,
  :generatedTokens, :generatingMs, :errorKindsJson,
  :durationBins, :durationMinMs, :durationMaxMs, :durationSumMs, :firstTokenBins, :firstTokenMinMs, :firstTokenMaxMs, :firstTokenSumMs
)
ON CONFLICT DO UPDATE SET
  requests = requests + excluded.requests,
  errors = errors + excluded.errors,
  costNanoUsd = min(9007199254740991, costNanoUsd + excluded.costNanoUsd),
  estimatedNanoUsd = min(9007199254740991, estimatedNanoUsd + excluded.estimatedNanoUsd),
  unpriced = unpriced + excluded.unpriced,
  copies = copies + excluded.copies,
  copiesNanoUsd = min(9007199254740991, copiesNanoUsd + excluded.copiesNanoUsd),
  copiesUnpriced = copiesUnpriced + excluded.copiesUnpriced,
  cacheSavedNanoUsd = min(9007199254740991, cacheSavedNanoUsd + excluded.cacheSavedNanoUsd),
  localSavedNanoUsd = min(9007199254740991, localSavedNanoUsd + excluded.localSavedNanoUsd),
  inputTokens = min(9007199254740991, inputTokens + excluded.inputTokens),
  cachedInputTokens = min(9007199254740991, cachedInputTokens + excluded.cachedInputTokens),
  cacheWriteTokens = min(9007199254740991, cacheWriteTokens + excluded.cacheWriteTokens),
  outputTokens = min(9007199254740991, outputTokens + excluded.outputTokens),
  reasoningTokens = min(9007199254740991, reasoningTokens + excluded.reasoningTokens),
  generatedTokens = min(9007199254740991, generatedTokens + excluded.generatedTokens),
  generatingMs = generatingMs + excluded.generatingMs,
  errorKindsJson = excluded.errorKindsJson,
  durationBins = excluded.durationBins,
  durationMinMs = min(coalesce(durationMinMs, excluded.durationMinMs), coalesce(excluded.durationMinMs, durationMinMs)),
  durationMaxMs = max(coalesce(durationMaxMs, excluded.durationMaxMs), coalesce(excluded.durationMaxMs, durationMaxMs)),
  durationSumMs = durationSumMs + excluded.durationSumMs,
  firstTokenBins = excluded.firstTokenBins,
  firstTokenMinMs = min(coalesce(firstTokenMinMs, excluded.firstTokenMinMs), coalesce(excluded.firstTokenMinMs, firstTokenMinMs)),
  firstTokenMaxMs = max(coalesce(firstTokenMaxMs, excluded.firstTokenMaxMs), coalesce(excluded.firstTokenMaxMs, firstTokenMaxMs)),
  firstTokenSumMs = firstTokenSumMs + excluded.firstTokenSumMs`;
