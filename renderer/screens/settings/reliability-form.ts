/** The settings of reliability as a person types them. Pure. */
import type { ReliabilitySettings } from '../../../gateway/contract/reliability.ts';
import { getAt, type Place, setAt } from '../../stores/json-value.ts';

export interface NumberSetting {
  readonly place: Place;
  readonly label: string;
  readonly unit: string;
  readonly hint: string;
  /** What holds where the config says nothing. */
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  /** A thing that is written in milliseconds and read in seconds. */
  readonly scale: number;
}

const setting = (place: string, label: string, rest: Omit<NumberSetting, 'place' | 'label' | 'scale'> & { scale?: number }) => ({
  scale: 1,
  ...rest,
  place: place.split('.'),
  label,
});

export const numberSettings: readonly NumberSetting[] = [
  setting('attempts', 'Attempts', {
    unit: 'for one request',
    hint: 'Over all keys and targets together.',
    usual: 3,
    least: 1,
    most: 10,
  }),
  setting('breaker.failures', 'A target rests after', {
    unit: 'failures',
    hint: 'Of one key of one model. Only what the provider did wrong counts.',
    usual: 5,
    least: 1,
    most: 1_000,
  }),
  setting('breaker.windowMs', 'Counted within', {
    unit: 'seconds',
    hint: '',
    usual: 60_000,
    least: 1,
    most: 3_600_000,
    scale: 1_000,
  }),
  setting('breaker.openMs', 'It rests for', {
    unit: 'seconds',
    hint: 'Then a few requests find out whether it answers again. The last target left is asked all the same.',
    usual: 30_000,
    least: 1,
    most: 3_600_000,
    scale: 1_000,
  }),
  setting('breaker.probes', 'Requests that find out', { unit: 'at a time', hint: '', usual: 1, least: 1, most: 100 }),
  setting('retryBudget.percent', 'Second attempts', {
    unit: 'percent of what runs',
    hint: 'More would add to the trouble of a provider that is down.',
    usual: 20,
    least: 0,
    most: 100,
  }),
  setting('retryBudget.minimum', 'Second attempts in any case', {
    unit: 'at a time',
    hint: 'However little runs.',
    usual: 3,
    least: 0,
    most: 1_000,
  }),
];

/** As typed, by the setting's dotted place; what is not there was not touched. */
export type Typed = Readonly<Record<string, string>>;

export function shownValue(settings: ReliabilitySettings, one: NumberSetting, typed: Typed): string {
  const written = typed[one.place.join('.')];
  return written ?? String(Number(getAt(settings, one.place)) / one.scale);
}

/** What is wrong with a value, or null. An empty field asks for the usual value. */
export function numberProblem(one: NumberSetting, text: string): string | null {
  if (text.trim() === '') return null;
  const value = Number(text.trim().replace(',', '.')) * one.scale;
  const isWhole = Number.isInteger(value) || one.place.at(-1) === 'percent';
  if (Number.isFinite(value) && isWhole && value >= one.least && value <= one.most) return null;
  return `must be a number from ${one.least / one.scale} to ${one.most / one.scale}`;
}

/** The document's part after the edits: a field that was emptied is left out, so that the usual value holds. */
export function afterTyping(document: unknown, typed: Typed): unknown {
  let next: unknown = document ?? {};
  for (const one of numberSettings) {
    const text = typed[one.place.join('.')];
    if (text === undefined) continue;
    next = setAt(next, one.place, text.trim() === '' ? undefined : Number(text.trim().replace(',', '.')) * one.scale);
  }
  return next;
}
