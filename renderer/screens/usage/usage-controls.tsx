/** The range, its intervals and groups, the filters as chips, and the files of what is shown. */
import { Download, X } from 'lucide-react';
import type { UsageAnswer, UsageInterval } from '../../../gateway/contract/money/usage.ts';
import { Button } from '../../components/button.tsx';
import { inputLook } from '../../components/field.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { saveFile } from '../../components/save-file.ts';
import { useTask } from '../../components/use-task.ts';
import { useGateway } from '../../stores/gateway.ts';
import { navigate, useRoute, withQuery } from '../../stores/route.ts';
import { exportUsage } from '../../stores/usage.ts';
import {
  askOf,
  dayText,
  filterNames,
  groupings,
  intervalsFor,
  noFilter,
  type Range,
  ranges,
  type UsageView,
} from './usage-address.ts';
import { groupName } from './usage-data.ts';

const change = (changes: Readonly<Record<string, string | null>>): void =>
  navigate(withQuery(useRoute.getState(), changes), { replace: true });

const rangeWords: Readonly<Record<Range, string>> = {
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  month: 'This month',
  custom: 'From … to …',
};

const intervalWords: Readonly<Record<UsageInterval, string>> = {
  hour: 'By the hour',
  day: 'By the day',
  week: 'By the week',
  month: 'By the month',
};

const groupWords = { provider: 'Providers', model: 'Models', client: 'Keys', task: 'Tasks', rule: 'Rules' } as const;

interface UsageControlsProps {
  readonly view: UsageView;
  /** Null while it is read. */
  readonly answer: UsageAnswer | null;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, word: string])[];
  readonly onValue: (value: string) => void;
}

function Choice({ label, value, choices, onValue }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onValue(event.target.value)}
      className={`${inputLook} w-auto! max-w-40`}
    >
      {choices.map(([choice, word]) => (
        <option key={choice} value={choice}>
          {word}
        </option>
      ))}
    </select>
  );
}

export function UsageControls({ view, answer }: UsageControlsProps) {
  const { range, from, to, fromMs, toMs, interval, groupBy } = view;
  const task = useTask();
  const save = (format: 'csv' | 'json') =>
    void task.run(async () => {
      const { fileName, mediaType, text } = await exportUsage(askOf(view), format);
      saveFile(fileName, mediaType, text);
    });
  const setRange = (next: string) => change({ range: next, ...(next === 'custom' ? { from, to } : { from: null, to: null }) });
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Choice label="Range" value={range} choices={ranges.map((one) => [one, rangeWords[one]])} onValue={setRange} />
        {range === 'custom' ? <Days from={from} to={to} /> : null}
        <Choice
          label="Interval"
          value={interval}
          choices={intervalsFor(fromMs, toMs).map((one) => [one, intervalWords[one]])}
          onValue={(next) => change({ interval: next })}
        />
        <Choice
          label="Group by"
          value={groupBy}
          choices={groupings.map((one) => [one, groupWords[one]])}
          onValue={(next) => change({ by: next })}
        />
        <span className="ml-auto flex gap-2">
          {(['csv', 'json'] as const).map((format) => (
            <Button
              key={format}
              icon={<Download aria-hidden className="size-4" />}
              disabled={answer === null || task.busy}
              onClick={() => save(format)}
              aria-label={`Save as ${format.toUpperCase()}`}
            >
              {format.toUpperCase()}
            </Button>
          ))}
        </span>
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
      <Chips view={view} />
    </div>
  );
}

function Days({ from, to }: { readonly from: string; readonly to: string }) {
  const today = dayText(new Date());
  return (
    <>
      {(
        [
          ['from', 'From', from],
          ['to', 'To', to],
        ] as const
      ).map(([name, label, value]) => (
        <input
          key={name}
          type="date"
          aria-label={label}
          value={value}
          max={today}
          onChange={(event) => (event.target.value === '' ? undefined : change({ [name]: event.target.value }))}
          className={`${inputLook} w-36!`}
        />
      ))}
    </>
  );
}

const filterWords = { provider: 'provider', model: 'model', client: 'key', task: 'task', rule: 'rule' } as const;

function Chips({ view: { filter } }: { readonly view: UsageView }) {
  const clients = useGateway((state) => state.clients);
  const chips = filterNames.flatMap(([name, field]) => {
    const value = filter[field];
    if (value === undefined) return [];
    const called = name === 'client' ? (clients?.find(({ id }) => id === value)?.name ?? value) : value;
    return [[name, value === '' ? groupName({ id: '', name: '' }, name) : `${filterWords[name]} ${called}`] as const];
  });
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex flex-wrap items-center gap-2">
      {chips.map(([name, words]) => (
        <li
          key={name}
          className="inline-flex h-6 min-w-0 items-center gap-1 rounded-full border border-line bg-accent-ground pr-0.5 pl-2 text-xs"
        >
          <span className="max-w-60 truncate">{words}</span>
          <button
            type="button"
            aria-label={`Remove the filter ${words}`}
            onClick={() => change({ [name]: null })}
            className="inline-flex size-5 items-center justify-center rounded-full hover:bg-raised"
          >
            <X aria-hidden className="size-3" />
          </button>
        </li>
      ))}
      <li>
        <button type="button" onClick={() => change(noFilter)} className="px-1 font-medium text-accent text-xs hover:underline">
          Clear all
        </button>
      </li>
    </ul>
  );
}
