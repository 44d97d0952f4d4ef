/** The fields of rate limits: requests and tokens by the minute, hour and day, at the same time, and expensive calls. */
import { useId } from 'react';
import { inputLook } from '../field.tsx';
import type { LimitsDraft } from './limits-draft.ts';

interface LimitFieldsProps {
  readonly draft: LimitsDraft;
  readonly problems: ReadonlyMap<string, string>;
  readonly onDraft: (draft: LimitsDraft) => void;
}

const times = [
  ['Minute', 'a minute'],
  ['Hour', 'an hour'],
  ['Day', 'a day'],
] as const;

export function LimitFields(props: LimitFieldsProps) {
  const wrong = [...props.problems.values()][0];
  return (
    <div className="grid gap-2">
      <div className="grid grid-cols-[96px_repeat(3,minmax(0,1fr))] items-center gap-2">
        <span className="text-soft text-xs">At most</span>
        {times.map(([time, words]) => (
          <span key={time} className="text-soft text-xs">
            {words}
          </span>
        ))}
        {(['requests', 'tokens'] as const).map((what) => (
          <div key={what} className="contents">
            <span>{what === 'requests' ? 'Requests' : 'Tokens'}</span>
            {times.map(([time, words]) => (
              <LimitInput
                key={time}
                {...props}
                name={`${what}Per${time}`}
                label={`${what === 'requests' ? 'Requests' : 'Tokens'} ${words}`}
              />
            ))}
          </div>
        ))}
        <span>At once</span>
        <LimitInput {...props} name="concurrent" label="Requests at the same time" />
      </div>
      <div className="grid grid-cols-[96px_repeat(3,minmax(0,1fr))] items-center gap-2">
        <span>Expensive</span>
        <LimitInput {...props} name="expensive.aboveUsd" label="Expensive calls: above so many US dollars" hint="above $" />
        <LimitInput {...props} name="expensive.perHour" label="Expensive calls an hour" hint="an hour" />
        <LimitInput {...props} name="expensive.perDay" label="Expensive calls a day" hint="a day" />
      </div>
      <p className={wrong ? 'text-bad' : 'text-soft'}>
        {wrong ?? 'What is left empty is not limited. Windows follow the clock: the minute, the hour, the day.'}
      </p>
    </div>
  );
}

interface LimitInputProps extends LimitFieldsProps {
  readonly name: keyof LimitsDraft;
  readonly label: string;
  readonly hint?: string;
}

function LimitInput({ draft, problems, onDraft, name, label, hint }: LimitInputProps) {
  const id = useId();
  const problem = problems.get(name);
  return (
    <>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        aria-label={label}
        placeholder={hint}
        title={problem ?? label}
        value={draft[name]}
        onChange={(event) => onDraft({ ...draft, [name]: event.target.value })}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={problem === undefined ? undefined : id}
        className={inputLook}
      />
      {problem === undefined ? null : (
        <span id={id} className="sr-only">
          {problem}
        </span>
      )}
    </>
  );
}
