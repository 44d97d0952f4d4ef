/** Tells which processes an engine of an earlier run has left behind, and never takes another's for one of them. Pure. */
import { dirname, sep } from 'node:path';
import type { ProcessFacts } from './process-table.ts';

/** What is written down of an engine when it has started. */
export interface EngineRecord {
  /** The process that leads its group; on Windows the engine itself. */
  readonly leader: ProcessFacts;
  readonly engine: ProcessFacts;
  /** The program as it was started; what it starts itself lies beside or below it. */
  readonly binary: string;
}

const isSame = (one: ProcessFacts, other: ProcessFacts): boolean =>
  one.pid === other.pid && one.startedAt === other.startedAt && one.executable === other.executable;

/** @returns the record's own processes that still run, and what they started, in no order */
export function findOrphans(record: EngineRecord, processes: readonly ProcessFacts[]): ProcessFacts[] {
  const { leader, engine } = record;
  const own = processes.filter((one) => isSame(one, leader) || isSame(one, engine));
  return leader.groupId === null ? [...own, ...childrenOf(record, own, processes)] : [...own, ...groupOf(record, own, processes)];
}

/**
 * A group's number cannot be given to another process while one of its members lives. With its leader gone a member must run the
 * engine's own programs, since the group could have ended and another have taken the number.
 */
function groupOf(record: EngineRecord, own: readonly ProcessFacts[], processes: readonly ProcessFacts[]): ProcessFacts[] {
  const { leader } = record;
  const holder = processes.find(({ pid }) => pid === leader.pid);
  if (holder && !isSame(holder, leader)) return [];
  const members = processes.filter((one) => one.groupId === leader.groupId && !own.includes(one));
  return holder ? members : members.filter((one) => runsOwnProgram(record, one));
}

/** Windows keeps a parent's number after its end; the program tells whether it is still that parent's child. */
function childrenOf(record: EngineRecord, own: readonly ProcessFacts[], processes: readonly ProcessFacts[]): ProcessFacts[] {
  const holder = processes.find(({ pid }) => pid === record.engine.pid);
  if (holder && !isSame(holder, record.engine)) return [];
  return processes.filter(
    (one) =>
      one.parentPid === record.engine.pid && !own.includes(one) && runsOwnProgram(record, one) && isLater(one, record.engine),
  );
}

const isLater = (one: ProcessFacts, other: ProcessFacts): boolean => BigInt(one.startedAt) >= BigInt(other.startedAt);

function runsOwnProgram({ binary, engine }: EngineRecord, { executable }: ProcessFacts): boolean {
  if (executable === '') return false;
  return executable === engine.executable || executable.startsWith(dirname(binary) + sep);
}
