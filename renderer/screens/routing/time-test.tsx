/** A test of the time of day, and of the days of the week. */
import { weekDays } from '../../../gateway/contract/policy/condition.ts';
import { inputLook } from '../../components/field.tsx';
import { isObject, type JsonObject } from '../../stores/json-value.ts';
import { Kept, Wrong } from './form-parts.tsx';

interface TimeTestProps {
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly error: string | null;
}

export function TimeTest({ value, onChange, error }: TimeTestProps) {
  if (!isObject(value)) return <Kept value={value} error={error} />;
  const days: readonly unknown[] = Array.isArray(value.days) ? value.days : weekDays;
  const set = (changes: JsonObject) =>
    onChange(Object.fromEntries(Object.entries({ ...value, ...changes }).filter(([, part]) => part !== undefined)));
  const setDay = (day: string, isOn: boolean) => {
    const next = weekDays.filter((one) => (one === day ? isOn : days.includes(one)));
    set({ days: next.length === weekDays.length ? undefined : next });
  };
  return (
    <div className="grid gap-1">
      <div role="group" aria-label="Time of day" className="flex items-center gap-2">
        {(['from', 'to'] as const).map((end) => (
          <label key={end} className="flex items-center gap-2">
            {end}
            <input
              type="time"
              value={typeof value[end] === 'string' ? value[end] : '00:00'}
              onChange={(event) => set({ [end]: event.target.value })}
              className={`${inputLook} w-28!`}
            />
          </label>
        ))}
      </div>
      <div role="group" aria-label="Days" className="flex flex-wrap gap-x-3">
        {weekDays.map((day) => (
          <label key={day} className="inline-flex h-8 items-center gap-1.5 capitalize">
            <input
              type="checkbox"
              checked={days.includes(day)}
              onChange={(event) => setDay(day, event.target.checked)}
              className="accent-accent"
            />
            {day}
          </label>
        ))}
      </div>
      <Wrong message={error} />
    </div>
  );
}
