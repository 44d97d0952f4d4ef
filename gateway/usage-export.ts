/** The table of a usage query as a file: the same figures, for a spreadsheet or a program. */
import { nanoOfUsd } from './contract/money/nano-usd.ts';
import { type UsageAnswer, type UsageFigures, usageFiguresSchema, type UsageQuery } from './contract/money/usage.ts';

export interface UsageFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

const figureNames = usageFiguresSchema.keyof().options;

/** One line of the table: a group in an interval. */
interface Row extends UsageFigures {
  /** On this machine's wall: `2026-11-20 00:00:00`. */
  readonly start: string;
  /** Not included. */
  readonly end: string;
  readonly startUtc: string;
  /** What the query groups by; `all` where it groups by nothing. */
  readonly group: string;
  readonly id: string;
  readonly name: string;
}

const textNames = ['start', 'end', 'startUtc', 'group', 'id', 'name'] as const;

/** Rows are in the order of time, and of the answer within an interval. Those without any figure are left out. */
export function exportUsage(query: UsageQuery, answer: UsageAnswer, format: 'csv' | 'json'): UsageFile {
  const rows = rowsOf(query, answer);
  const [from, to] = [query.fromMs, query.toMs - 1].map((atMs) => wallTime(atMs).slice(0, 10));
  const fileName = `usage ${from} to ${to} by ${query.groupBy === undefined ? '' : `${query.groupBy} and `}${query.interval}`;
  if (format === 'json') {
    const text = `${JSON.stringify({ query, rows, total: answer.total }, null, 2)}\n`;
    return { fileName: `${fileName}.json`, mediaType: 'application/json', text };
  }
  return { fileName: `${fileName}.csv`, mediaType: 'text/csv; charset=utf-8', text: csvOf(rows) };
}

function rowsOf({ groupBy }: UsageQuery, { intervals, groups }: UsageAnswer): Row[] {
  return intervals.flatMap(({ startMs, endMs }, place) => {
    const time = { start: wallTime(startMs), end: wallTime(endMs), startUtc: new Date(startMs).toISOString() };
    return groups.flatMap(({ id, name, figures }) => {
      const here = figures[place];
      if (!here || figureNames.every((figure) => here[figure] === 0)) return [];
      return [{ ...time, group: groupBy ?? 'all', id, name, ...here }];
    });
  });
}

/** RFC 4180. Excel takes a file for UTF-8 only with the mark at its beginning; others leave it out. */
function csvOf(rows: readonly Row[]): string {
  const lines = [[...textNames, ...figureNames].join(',')];
  for (const row of rows) {
    const texts = textNames.map((name) => textCell(row[name]));
    const figures = figureNames.map((name) => (name.endsWith('Usd') ? usdCell(row[name]) : String(row[name])));
    lines.push([...texts, ...figures].join(','));
  }
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front; so does a part of it that would be a cell of its own
 * where something else than a comma parts cells, quoted or not.
 */
function textCell(text: string): string {
  const parted = text.replaceAll(/[,;|\t\r\n](?="*[=+\-@])/g, "$&'");
  const safe = /^[=+\-@\t\r]/.test(parted) ? `'${parted}` : parted;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** To the last nano-dollar and never as 1e-9. */
function usdCell(usd: number): string {
  const nano = nanoOfUsd(usd);
  return `${Math.floor(nano / 1e9)}.${String(nano % 1e9).padStart(9, '0')}`;
}

function wallTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
