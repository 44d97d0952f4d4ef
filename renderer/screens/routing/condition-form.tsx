/** When a rule holds: a test for each field, and groups of them. */
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { isObject, type JsonObject, setAt } from '../../stores/json-value.ts';
import { ConditionTest } from './condition-test.tsx';
import { type ConditionField, conditionFields, type GroupName, groups } from './edit-condition.ts';
import { Kept, problemAt, type Problems, SmallChoice, Wrong } from './form-parts.tsx';

interface ConditionFormProps {
  readonly condition: JsonObject;
  /** Its place within the rule: `when`, `when.any.0`. */
  readonly place: string;
  readonly problems: Problems;
  readonly onChange: (condition: JsonObject) => void;
  /** Within a group there is less room. */
  readonly nested?: boolean;
}

const isGroup = (name: string): name is GroupName => Object.hasOwn(groups, name);
const fieldOf = (name: string): ConditionField | undefined => conditionFields.find((field) => field.name === name);

export function ConditionForm(props: ConditionFormProps) {
  const { condition, place, problems, onChange, nested = false } = props;
  const form = useRef<HTMLDivElement>(null);
  const entries = Object.entries(condition).filter(([, value]) => value !== undefined);
  const set = (name: string, value: unknown) => {
    const next = setAt(condition, [name], value);
    onChange(isObject(next) ? next : {});
  };
  return (
    <div ref={form} data-condition className="grid gap-2">
      {entries.map(([name, value]) => (
        <Part
          key={name}
          name={name}
          nested={nested}
          onRemove={() => {
            focusAfterRemoval(form.current);
            set(name, undefined);
          }}
        >
          {isGroup(name) ? (
            <Group
              name={name}
              value={value}
              place={`${place}.${name}`}
              problems={problems}
              onChange={(next) => set(name, next)}
            />
          ) : (
            <Test
              field={fieldOf(name)}
              value={value}
              place={`${place}.${name}`}
              problems={problems}
              onChange={(next) => set(name, next)}
            />
          )}
        </Part>
      ))}
      <Wrong message={problemAt(problems, place)} />
      <AddPart condition={condition} onAdd={set} first={entries.length === 0} />
    </div>
  );
}

/** What had the focus is gone: it goes on where a condition can be added. A group may go with its last part. */
function focusAfterRemoval(form: HTMLElement | null): void {
  const around: HTMLElement[] = [];
  for (let at = form; at; at = at.parentElement?.closest<HTMLElement>('[data-condition]') ?? null) around.push(at);
  requestAnimationFrame(() => {
    const left = around.find(({ isConnected }) => isConnected);
    [...(left?.querySelectorAll('select') ?? [])].at(-1)?.focus();
  });
}

interface LabelledProps {
  readonly name: string;
  readonly nested: boolean;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}

function Part({ name, nested, onRemove, children }: LabelledProps) {
  const label = isGroup(name) ? groups[name] : (fieldOf(name)?.label ?? name);
  const hint = fieldOf(name)?.hint;
  return (
    <div
      className={classNames(
        'grid items-start',
        nested ? 'grid-cols-[96px_minmax(0,1fr)_32px] gap-2' : 'grid-cols-[152px_minmax(0,1fr)_32px] gap-3',
      )}
    >
      <span className="pt-1.5 wrap-anywhere">
        {label}
        {hint ? <span className="block text-soft text-xs">{hint}</span> : null}
      </span>
      {children}
      <IconButton label={`Remove the condition ${label}`} icon={<X aria-hidden className="size-4" />} onClick={onRemove} />
    </div>
  );
}

interface PartProps {
  readonly value: unknown;
  readonly place: string;
  readonly problems: Problems;
  readonly onChange: (value: unknown) => void;
}

function Test({ field, value, place, problems, onChange }: PartProps & { readonly field: ConditionField | undefined }) {
  if (!field) return <Kept value={value} error={problemAt(problems, place, true)} />;
  return <ConditionTest field={field} value={value} onChange={onChange} error={problemAt(problems, place, true)} />;
}

function Group({ name, value, place, problems, onChange }: PartProps & { readonly name: GroupName }) {
  const frame = 'grid gap-2 border-line border-l-2 pl-3';
  if (name === 'not') {
    if (!isObject(value)) return <Kept value={value} error={problemAt(problems, place, true)} />;
    return (
      <div className={frame}>
        <ConditionForm nested condition={value} place={place} problems={problems} onChange={onChange} />
      </div>
    );
  }
  if (!Array.isArray(value) || !value.every(isObject)) return <Kept value={value} error={problemAt(problems, place, true)} />;
  return (
    <div className={frame}>
      {value.map((condition, index) => (
        <div key={index} className="grid gap-1 rounded-md bg-sunken p-2">
          <ConditionForm
            nested
            condition={condition}
            place={`${place}.${index}`}
            problems={problems}
            onChange={(next) => onChange(isGone(condition, next) ? without(value, index) : value.with(index, next))}
          />
          {Object.keys(condition).length === 1 ? null : (
            <button
              type="button"
              onClick={() => onChange(without(value, index))}
              className="justify-self-end px-1 text-soft text-xs hover:text-ink hover:underline"
            >
              Remove this part
            </button>
          )}
        </div>
      ))}
      <Wrong message={problemAt(problems, place)} />
      <button
        type="button"
        onClick={() => onChange([...value, {}])}
        className="justify-self-start px-1 font-medium text-accent hover:underline"
      >
        Add a part
      </button>
    </div>
  );
}

/** A part whose last test was taken away goes with it. */
const isGone = (before: JsonObject, next: JsonObject): boolean =>
  Object.keys(before).length > 0 && Object.keys(next).length === 0;

const without = (parts: readonly unknown[], index: number): unknown =>
  parts.length === 1 ? undefined : parts.toSpliced(index, 1);

interface AddPartProps {
  readonly condition: JsonObject;
  readonly onAdd: (name: string, value: unknown) => void;
  readonly first: boolean;
}

function AddPart({ condition, onAdd, first }: AddPartProps) {
  const free = conditionFields.filter(({ name }) => !Object.hasOwn(condition, name));
  const freeGroups = (Object.keys(groups) as GroupName[]).filter((name) => !Object.hasOwn(condition, name));
  const add = (name: string) => {
    if (name === '') return;
    if (isGroup(name)) onAdd(name, name === 'not' ? { task: 'code' } : [{ task: 'code' }, { task: 'tools' }]);
    else onAdd(name, fieldOf(name)?.first);
  };
  return (
    <SmallChoice
      label="Add a condition"
      value=""
      onValue={add}
      acts
      className="max-w-52"
      choices={[
        ['', first ? 'Always; or only when …' : 'And only when …'],
        ...free.map(({ name, label }) => [name, label] as const),
        ...freeGroups.map((name) => [name, `${groups[name]} …`] as const),
      ]}
    />
  );
}
