/** The fields of rate limits: requests and tokens by the minute, hour and day, at the same time, and expensive calls. */
import { useId } from 'react';
import { Below, inputLook } from '../field.tsx';
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

const labels: Readonly<Record<keyof LimitsDraft, string>> = {
  requestsPerMinute: 'Requests a minute',
  requestsPerHour: 'Requests an hour',
  requestsPerDay: 'Requests a day',
  tokensPerMinute: 'Tokens a minute',
  tokensPerHour: 'Tokens an hour',
  tokensPerDay: 'Tokens a day',
  concurrent: 'Requests at the same time',
  'expensive.aboveUsd': 'The least cost of an expensive call',
  'expensive.perHour': 'Expensive calls an hour',
  'expensive.perDay': 'Expensive calls a day',
};

/** The form's own words lack their field's name; the gateway's are whole sentences. */
function sentence(name: string, words: string): string {
  const label = new Map(Object.entries(labels)).get(name);
  return label !== undefined && words.startsWith('must ') ? `${label} ${words}` : words;
}

export function LimitFields(props: LimitFieldsProps) {
  const [wrong] = props.problems;
  const id = useId();
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
            {times.map(([time]) => (
              <LimitInput key={time} {...props} name={`${what}Per${time}`} />
            ))}
          </div>
        ))}
        <span>At once</span>
        <LimitInput {...props} name="concurrent" />
      </div>
      <div className="grid grid-cols-[96px_repeat(3,minmax(0,1fr))] items-center gap-2">
        <span>Expensive</span>
        <LimitInput {...props} name="expensive.aboveUsd" hint="above $" />
        <LimitInput {...props} name="expensive.perHour" hint="an hour" />
        <LimitInput {...props} name="expensive.perDay" hint="a day" />
      </div>
      <Below
        id={id}
        hint="What is left empty is not limited. Windows follow the clock: the minute, the hour, the day."
        error={wrong && sentence(...wrong)}
      />
    </div>
  );
}

interface LimitInputProps extends LimitFieldsProps {
  readonly name: keyof LimitsDraft;
  readonly hint?: string;
}

function LimitInput({ draft, problems, onDraft, name, hint }: LimitInputProps) {
  const label = labels[name];
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
