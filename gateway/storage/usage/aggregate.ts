/** What requests add up to, by hour and by what they were: the rows of `usageHours` before they are written. */
import { mostNanoUsd, nanoOfUsd } from '../../contract/money/nano-usd.ts';
import type { AttemptRecord, FinalState, RequestFinish, RequestStart } from '../../contract/records.ts';
import { Histogram } from './histogram.ts';
import { noSums, type Sums } from './sums.ts';

/** What is counted of a request's first half. */
export type CountedStart = Pick<RequestStart, 'startedAtMs' | 'clientId' | 'stream'>;

/** What is counted of its second half, from an exchange or from its row. */
export interface CountedFinish
  extends Pick<RequestFinish, 'provider' | 'model' | 'task' | 'rule' | 'errorKind' | 'firstTokenMs'> {
  readonly state: FinalState;
  /** Null where a row was interrupted. */
  readonly durationMs: number | null;
  readonly usage: Omit<RequestFinish['usage'], 'estimated'>;
  readonly cost: Omit<RequestFinish['cost'], 'price'>;
  readonly attempts: readonly Pick<AttemptRecord, 'provider' | 'model' | 'costUsd'>[];
}

/** A copy that is over. It is nobody's: a rule makes it, and no client's key pays for it. */
export interface CountedCopy {
  readonly startedAtMs: number;
  readonly provider: string;
  readonly model: string;
  /** Of the request that it is a copy of. */
  readonly task: string | null;
  readonly rule: string;
  readonly nanoUsd: number | null;
  readonly basis: RequestFinish['cost']['basis'];
}

/** A row's key: what a request was. Texts are empty where it has none. */
export interface CellKey {
  readonly hourStartsAtMs: number;
  readonly clientId: string;
  readonly provider: string;
  readonly model: string;
  readonly task: string;
  readonly rule: string;
}

type Growing<T> = { -readonly [Name in keyof T]: T[Name] };

/** A row of `usageHours`, still growing. */
export interface Cell extends CellKey, Growing<Sums> {
  /** Tokens of streams behind their first, and the time that those took. */
  generatedTokens: number;
  generatingMs: number;
  errorKinds: Map<string, number> | null;
  durations: Histogram | null;
  firstTokens: Histogram | null;
}

/** Level by level: hour, client, provider, model, task, rule; a text made of all six would cost more than the six look-ups. */
type Level<T> = Map<string | number, T>;
type Tree = Level<Level<Level<Level<Level<Level<Cell>>>>>>;

const nobody = { clientId: null };

const isError: Readonly<Record<FinalState, boolean>> = {
  ok: false,
  client_closed: false,
  upstream_error: true,
  gateway_error: true,
  rejected: true,
  interrupted: true,
};

/** Adds up requests, and what copies of them cost. Costs about half a microsecond for each. */
export class UsageAggregate {
  /** How many were added, copies too. */
  size = 0;
  readonly cells: Cell[] = [];
  readonly #tree: Tree = new Map();
  readonly #hourOf: (atMs: number) => number;

  /** @param hourOf the beginning of a moment's hour */
  constructor(hourOf: (atMs: number) => number) {
    this.#hourOf = hourOf;
  }

  add(start: CountedStart, finish: CountedFinish): void {
    const hour = this.#hourOf(start.startedAtMs);
    const cell = this.#cell(hour, start, finish, finish.provider ?? '', finish.model ?? '');
    this.size += 1;
    cell.requests += 1;
    countEnd(cell, finish);
    countTokens(cell, start, finish);
    countTimes(cell, finish);
    const { nanoUsd, basis, cacheSavedNanoUsd, localSavedNanoUsd } = finish.cost;
    if (nanoUsd === null) cell.unpriced += 1;
    else spend(cell, nanoUsd - this.#spendElsewhere(hour, start, finish, nanoUsd), basis);
    cell.cacheSavedNanoUsd = sum(cell.cacheSavedNanoUsd, cacheSavedNanoUsd);
    cell.localSavedNanoUsd = sum(cell.localSavedNanoUsd, localSavedNanoUsd);
  }

  addCopy({ startedAtMs, provider, model, task, rule, nanoUsd, basis }: CountedCopy): void {
    const cell = this.#cell(this.#hourOf(startedAtMs), nobody, { task, rule }, provider, model);
    this.size += 1;
    cell.copies += 1;
    if (nanoUsd === null) cell.copiesUnpriced += 1;
    else spend(cell, nanoUsd, basis);
    cell.copiesNanoUsd = sum(cell.copiesNanoUsd, nanoUsd);
  }

  /** What attempts at other targets cost is theirs; never more than all of it. @returns how much that was */
  #spendElsewhere(hour: number, start: CountedStart, finish: CountedFinish, nanoUsd: number): number {
    const { attempts, provider, model } = finish;
    if (attempts.length < 2) return 0;
    let elsewhere = 0;
    for (const attempt of attempts) {
      if (attempt.costUsd === null || (attempt.provider === provider && attempt.model === model)) continue;
      const part = Math.min(nanoOfUsd(attempt.costUsd), nanoUsd - elsewhere);
      if (!(part > 0)) continue;
      spend(this.#cell(hour, start, finish, attempt.provider, attempt.model), part, finish.cost.basis);
      elsewhere += part;
    }
    return elsewhere;
  }

  #cell(
    hour: number,
    { clientId }: Pick<CountedStart, 'clientId'>,
    { task, rule }: Pick<CountedFinish, 'task' | 'rule'>,
    provider: string,
    model: string,
  ): Cell {
    const client = clientId ?? '';
    const models = under(under(under(this.#tree, hour), client), provider);
    const rules = under(under(models, model), task ?? '');
    let cell = rules.get(rule ?? '');
    if (!cell) {
      cell = emptyCell({ hourStartsAtMs: hour, clientId: client, provider, model, task: task ?? '', rule: rule ?? '' });
      rules.set(cell.rule, cell);
      this.cells.push(cell);
    }
    return cell;
  }
}

function under<T extends Map<unknown, unknown>>(level: Level<T>, key: string | number): T {
  let found = level.get(key);
  if (!found) {
    found = new Map() as T;
    level.set(key, found);
  }
  return found;
}

/** A client that left is counted by kind, and is not an error: nobody who was asked has failed. */
function countEnd(cell: Cell, { state, errorKind }: CountedFinish): void {
  if (state === 'ok') return;
  if (isError[state]) cell.errors += 1;
  const kind = errorKind ?? (state === 'client_closed' ? 'client-gone' : state);
  cell.errorKinds ??= new Map();
  cell.errorKinds.set(kind, (cell.errorKinds.get(kind) ?? 0) + 1);
}

function countTokens(cell: Cell, { stream }: CountedStart, { usage, durationMs, firstTokenMs }: CountedFinish): void {
  cell.inputTokens = sum(cell.inputTokens, usage.inputTokens);
  cell.cachedInputTokens = sum(cell.cachedInputTokens, usage.cachedInputTokens);
  cell.cacheWriteTokens = sum(cell.cacheWriteTokens, usage.cacheWriteTokens);
  cell.outputTokens = sum(cell.outputTokens, usage.outputTokens);
  cell.reasoningTokens = sum(cell.reasoningTokens, usage.reasoningTokens);
  if (!stream || durationMs === null || firstTokenMs === null || usage.outputTokens === null) return;
  if (durationMs <= firstTokenMs || usage.outputTokens < 2) return;
  cell.generatedTokens = sum(cell.generatedTokens, usage.outputTokens - 1);
  cell.generatingMs += durationMs - firstTokenMs;
}

/** How long it took is told of what went well; a refusal's millisecond says nothing of a provider. */
function countTimes(cell: Cell, { state, durationMs, firstTokenMs }: CountedFinish): void {
  if (state === 'ok' && durationMs !== null) (cell.durations ??= new Histogram()).add(durationMs);
  if (firstTokenMs !== null) (cell.firstTokens ??= new Histogram()).add(firstTokenMs);
}

function spend(cell: Cell, nanoUsd: number, basis: RequestFinish['cost']['basis']): void {
  cell.costNanoUsd = sum(cell.costNanoUsd, nanoUsd);
  if (basis === 'estimated') cell.estimatedNanoUsd = sum(cell.estimatedNanoUsd, nanoUsd);
}

/** What is no number is none in the log either. */
function sum(total: number, more: number | null): number {
  return more === null || Number.isNaN(more) ? total : Math.min(total + more, mostNanoUsd);
}

/** A row that counts nothing yet. */
export function emptyCell(key: CellKey): Cell {
  return {
    ...key,
    ...noSums,
    generatedTokens: 0,
    generatingMs: 0,
    errorKinds: null,
    durations: null,
    firstTokens: null,
  };
}
