/** One test of a condition, in the form of its field: text, number, yes or no, names with values, time. */
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { isObject, type JsonObject } from '../../stores/json-value.ts';
import {
  type ConditionField,
  listOf,
  type NumberMode,
  numberMode,
  numbersOf,
  numberTest,
  type TextMode,
  textMode,
  textOf,
  textTest,
} from './edit-condition.ts';
import { Kept, SmallChoice, SmallList, SmallNumber, SmallText, Wrong } from './form-parts.tsx';
import { TimeTest } from './time-test.tsx';

interface TestProps {
  readonly field: ConditionField;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly error: string | null;
}

export function ConditionTest(props: TestProps) {
  switch (props.field.kind) {
    case 'text':
      return <TextTest label={props.field.label} modes={plainModes} {...props} choices={props.field.choices} />;
    case 'choice':
      return <ChoiceTest {...props} />;
    case 'number':
      return <NumberTest {...props} />;
    case 'boolean':
      return <BooleanTest {...props} />;
    case 'named':
      return <NamedTests {...props} />;
    case 'time':
      return <TimeTest {...props} />;
  }
}

type Modes = readonly (readonly [mode: TextMode, word: string])[];

const plainModes: Modes = [
  ['is', 'is'],
  ['one-of', 'is one of'],
  ['matches', 'matches'],
];
const namedModes: Modes = [['there', 'is there'], ['absent', 'is not there'], ...plainModes];

interface TextTestProps extends Omit<TestProps, 'field'> {
  readonly label: string;
  readonly modes: Modes;
  readonly choices?: readonly string[] | undefined;
}

function TextTest({ label, value, onChange, error, modes, choices }: TextTestProps) {
  const listId = useId();
  const mode = textMode(value);
  if (mode === null || !modes.some(([known]) => known === mode)) return <Kept value={value} error={error} />;
  const isMode = (text: string): text is TextMode => modes.some(([known]) => known === text);
  const change = (next: string) => {
    const text = textOf(value);
    if (isMode(next)) onChange(textTest(next, next === 'is' ? (listOf(text)[0] ?? text) : text));
  };
  return (
    <div className="grid grid-cols-[104px_minmax(0,1fr)] items-start gap-2">
      <SmallChoice label={`${label}: how`} value={mode} onValue={change} choices={modes} />
      {mode === 'one-of' ? (
        <SmallList label={label} value={value} onValue={onChange} error={error} placeholder="one, another" />
      ) : mode === 'there' || mode === 'absent' ? (
        <Wrong message={error} />
      ) : (
        <SmallText
          label={label}
          value={textOf(value)}
          onValue={(text) => onChange(textTest(mode, String(text)))}
          error={error}
          list={choices && mode === 'is' ? listId : undefined}
          placeholder={mode === 'matches' ? 'a regular expression' : undefined}
        />
      )}
      {choices ? <Suggestions id={listId} choices={choices} /> : null}
    </div>
  );
}

export function Suggestions({ id, choices }: { readonly id: string; readonly choices: readonly string[] }) {
  return (
    <datalist id={id}>
      {choices.map((choice) => (
        <option key={choice} value={choice} />
      ))}
    </datalist>
  );
}

const checkLook = 'inline-flex h-8 items-center gap-1.5';

/** One or several of few words. */
function ChoiceTest({ field: { label, choices = [] }, value, onChange, error }: TestProps) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
  const change = (name: string, isChosen: boolean) => {
    const next = choices.filter((one) => (one === name ? isChosen : chosen.includes(one)));
    onChange(next.length === 1 ? next[0] : next);
  };
  return (
    <div className="grid gap-1">
      <div role="group" aria-label={label} className="flex flex-wrap gap-x-4">
        {choices.map((name) => (
          <label key={name} className={checkLook}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) => change(name, event.target.checked)}
              className="accent-accent"
            />
            {name}
          </label>
        ))}
      </div>
      <Wrong message={error} />
    </div>
  );
}

const numberWords: readonly (readonly [mode: NumberMode, word: string])[] = [
  ['atLeast', 'at least'],
  ['above', 'more than'],
  ['atMost', 'at most'],
  ['below', 'less than'],
  ['between', 'between'],
  ['equals', 'exactly'],
];

function NumberTest({ field, value, onChange, error }: TestProps) {
  const mode = numberMode(value);
  if (mode === null) return <Kept value={value} error={error} />;
  const [low, high] = numbersOf(value);
  const change = (text: string) => {
    const next = numberWords.find(([known]) => known === text)?.[0];
    if (next) onChange(numberTest(next, low, high));
  };
  return (
    <div className="grid gap-1">
      <div className="flex items-start gap-2">
        <SmallChoice label={`${field.label}: how`} value={mode} onValue={change} choices={numberWords} className="w-28!" />
        <SmallNumber
          label={field.label}
          value={low}
          onValue={(number) => onChange(numberTest(mode, number, high))}
          className="w-32"
        />
        {mode === 'between' ? (
          <>
            <span className="pt-1.5">and</span>
            <SmallNumber
              label={`${field.label}, at most`}
              value={high}
              onValue={(number) => onChange(numberTest(mode, low, number))}
              className="w-32"
            />
          </>
        ) : null}
      </div>
      {[low, high].some((number) => typeof number === 'string') ? null : <Wrong message={error} />}
    </div>
  );
}

function BooleanTest({ field, value, onChange, error }: TestProps) {
  if (typeof value !== 'boolean') return <Kept value={value} error={error} />;
  return (
    <SmallChoice
      label={field.label}
      value={String(value)}
      onValue={(text) => onChange(text === 'true')}
      choices={[
        ['true', 'yes'],
        ['false', 'no'],
      ]}
      className="w-28!"
    />
  );
}

/** Headers and tags: a name, and a test of what it says. */
function NamedTests({ field, value, onChange, error }: TestProps) {
  if (!isObject(value)) return <Kept value={value} error={error} />;
  const entries = Object.entries(value);
  const write = (next: readonly (readonly [string, unknown])[]) => {
    const written: JsonObject = Object.fromEntries(next);
    onChange(next.length === 0 ? undefined : written);
  };
  return (
    <div className="grid gap-2">
      {entries.map(([name, test], index) => (
        <div key={index} className="flex flex-wrap items-start gap-2 rounded-md">
          <NameOf
            label={`${field.label}: name`}
            name={name}
            others={entries.map(([other]) => other).filter((other) => other !== name)}
            onName={(next) => write(entries.with(index, [next, test]))}
          />
          <div className="min-w-60 flex-[1.8]">
            <TextTest
              label={`${field.label} ${name}`}
              modes={namedModes}
              value={test}
              error={null}
              onChange={(next) => write(entries.with(index, [name, next]))}
            />
          </div>
          {entries.length === 1 ? null : (
            <IconButton
              label={`Remove ${name}`}
              icon={<X aria-hidden className="size-4" />}
              onClick={() => write(entries.toSpliced(index, 1))}
            />
          )}
        </div>
      ))}
      <Wrong message={error} />
      <Button
        look="quiet"
        icon={<Plus aria-hidden className="size-4" />}
        disabled={Object.hasOwn(value, '')}
        onClick={() => write([...entries, ['', true]])}
        className="justify-self-start"
      >
        Add another
      </Button>
    </div>
  );
}

interface NameProps {
  readonly label: string;
  readonly name: string;
  readonly others: readonly string[];
  readonly onName: (name: string) => void;
}

/** A name on its way may be another's for a moment: it is taken once it is its own, or one of the two would be lost. */
function NameOf({ label, name, others, onName }: NameProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = (text: string) => {
    const isTaken = others.includes(text);
    setTyped(isTaken ? text : null);
    if (!isTaken) onName(text);
  };
  return (
    <SmallText
      label={label}
      value={typed ?? name}
      onValue={(text) => take(String(text))}
      error={typed === null ? null : 'is there already'}
      className="min-w-32 flex-1"
    />
  );
}
