/** Where a rule or an alias leads: targets in order, how one of them is chosen, and what keeps to it. */
import { ArrowDown, ArrowUp, CalendarClock, Plus, X } from 'lucide-react';
import { type ReactNode, useId, useRef } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { inputLook } from '../../components/field.tsx';
import { isObject, type JsonObject } from '../../stores/json-value.ts';
import { useModelNames } from '../../stores/model-names.ts';
import { Suggestions } from './condition-test.tsx';
import {
  type RouteDraft,
  readRoute,
  targetModel,
  targetWeight,
  withModel,
  withStrategy,
  withWeight,
  writeRoute,
} from './edit-route.ts';
import { Kept, problemAt, type Problems, Row, SmallChoice, SmallNumber, SmallText, Wrong } from './form-parts.tsx';

const strategyChoices = [
  ['first', 'in this order'],
  ['weighted', 'drawn by weight'],
  ['round-robin', 'in turn'],
  ['cheapest', 'the cheapest first'],
  ['fastest', 'the fastest first'],
  ['least-busy', 'the least busy first'],
  ['loaded', 'what is in memory first'],
] as const;

interface RouteFormProps {
  readonly value: unknown;
  /** Its place within the rule or alias: `use`; '' for an alias, which is one. */
  readonly place: string;
  readonly problems: Problems;
  readonly onChange: (value: unknown) => void;
}

const below = (place: string, name: string) => (place === '' ? name : `${place}.${name}`);

export function RouteForm({ value, place, problems, onChange }: RouteFormProps) {
  const route = readRoute(value);
  if (!route) return <Kept value={value} error={problemAt(problems, place, true)} />;
  const change = (changes: Partial<RouteDraft>) => onChange(writeRoute({ ...route, ...changes }, value));
  // A list stands at the place itself, the targets of an object below it.
  const targetsPlace = isObject(value) ? below(place, 'targets') : place;
  return (
    <div className="grid gap-2">
      <Row label="Targets">
        <TargetList
          targets={route.targets}
          weighted={route.strategy === 'weighted'}
          place={targetsPlace}
          problems={problems}
          onChange={(targets) => change({ targets })}
        />
      </Row>
      <Row label="Asked">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <SmallChoice
            label="How a target is chosen"
            value={route.strategy}
            onValue={(strategy) => onChange(writeRoute(withStrategy(route, strategy), value))}
            choices={strategyChoices}
            className="w-44!"
          />
          {route.strategy === 'weighted' ? (
            <SmallChoice
              label="Drawn for each"
              value={typeof route.splitBy === 'string' ? route.splitBy : 'request'}
              onValue={(by) => change({ splitBy: by === 'request' ? undefined : by })}
              choices={[
                ['request', 'anew for each request'],
                ['client', 'once for each program'],
                ['session', 'once for each session'],
              ]}
              className="w-48!"
            />
          ) : null}
          <Check
            label="A session stays with the target that answered it last"
            checked={route.sticky === 'session'}
            onChange={(isOn) => change({ sticky: isOn ? 'session' : undefined })}
          />
        </div>
      </Row>
      <Wrong message={problemAt(problems, below(place, 'strategy')) ?? problemAt(problems, below(place, 'splitBy'))} />
    </div>
  );
}

interface CheckProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="inline-flex min-h-8 items-center gap-2">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="accent-accent" />
      {label}
    </label>
  );
}

interface TargetListProps {
  readonly targets: readonly unknown[];
  readonly weighted?: boolean;
  readonly place: string;
  readonly problems: Problems;
  readonly onChange: (targets: readonly unknown[]) => void;
  /** Of what, where there are several lists: `on overload`. */
  readonly of?: string;
}

export function TargetList({ targets, weighted = false, place, problems, onChange, of = '' }: TargetListProps) {
  const listId = useId();
  const names = useModelNames();
  const list = useRef<HTMLDivElement>(null);
  const swap = (index: number, other: number) => onChange(targets.with(index, targets[other]).with(other, targets[index]));
  const add = () => {
    onChange([...targets, '']);
    requestAnimationFrame(() => [...(list.current?.querySelectorAll<HTMLInputElement>('input[list]') ?? [])].at(-1)?.focus());
  };
  return (
    <div ref={list} className="grid gap-2">
      {targets.map((target, index) => {
        const label = `Target ${index + 1}${of === '' ? '' : ` ${of}`}`;
        const set = (next: unknown) => onChange(targets.with(index, next));
        return (
          <div key={index} className="grid gap-1">
            <div className="flex items-start gap-1">
              <SmallText
                label={label}
                value={targetModel(target)}
                placeholder="provider/model, or an alias"
                list={listId}
                onValue={(model) => set(withModel(target, String(model)))}
                error={problemAt(problems, `${place}.${index}`) ?? problemAt(problems, `${place}.${index}.model`)}
                className="flex-1"
              />
              {weighted ? <Weight label={label} target={target} onChange={set} /> : null}
              <IconButton
                label={`${label}: earlier`}
                icon={<ArrowUp aria-hidden className="size-4" />}
                disabled={index === 0}
                onClick={() => swap(index, index - 1)}
              />
              <IconButton
                label={`${label}: later`}
                icon={<ArrowDown aria-hidden className="size-4" />}
                disabled={index === targets.length - 1}
                onClick={() => swap(index, index + 1)}
              />
              <IconButton
                label={`${label}: remove`}
                icon={<X aria-hidden className="size-4" />}
                disabled={targets.length === 1 && of === ''}
                onClick={() => onChange(targets.toSpliced(index, 1))}
              />
            </div>
            {weighted ? <Schedule label={label} target={target} onChange={set} /> : null}
            <Wrong message={problemAt(problems, `${place}.${index}.weight`, true)} />
          </div>
        );
      })}
      <Suggestions id={listId} choices={names} />
      <Wrong message={problemAt(problems, place)} />
      <Button look="quiet" icon={<Plus aria-hidden className="size-4" />} onClick={add} className="justify-self-start">
        Add a target
      </Button>
    </div>
  );
}

interface WeightProps {
  readonly label: string;
  readonly target: unknown;
  readonly onChange: (target: unknown) => void;
}

const dayMs = 86_400_000;
const wholeMinute = (atMs: number) => new Date(Math.floor(atMs / 60_000) * 60_000).toISOString();

function Weight({ label, target, onChange }: WeightProps) {
  const weight = targetWeight(target);
  const grows = isObject(weight);
  const toggle = () => {
    const now = Date.now();
    const next = grows
      ? weight.to
      : { from: weight ?? 1, to: 100, startsAt: wholeMinute(now), endsAt: wholeMinute(now + 7 * dayMs) };
    onChange(withWeight(target, next));
  };
  return (
    <>
      {grows ? null : (
        <span className="flex items-center gap-1">
          <span aria-hidden className="text-soft">
            weight
          </span>
          <SmallNumber
            label={`${label}: weight`}
            value={weight}
            placeholder="1"
            onValue={(next) => onChange(withWeight(target, next))}
            className="w-16"
          />
        </span>
      )}
      <IconButton
        label={grows ? `${label}: a fixed weight` : `${label}: a weight that changes with time`}
        aria-pressed={grows}
        icon={<CalendarClock aria-hidden className="size-4" />}
        onClick={toggle}
        className="aria-pressed:bg-accent-ground aria-pressed:text-accent"
      />
    </>
  );
}

/** A field of the browser's for a moment knows no zone: it shows this machine's. */
function localMoment(value: unknown): string {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(atMs)) return '';
  const at = new Date(atMs);
  return new Date(atMs - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function Schedule({ label, target, onChange }: WeightProps) {
  const weight = targetWeight(target);
  if (!isObject(weight)) return null;
  const set = (changes: JsonObject) => onChange(withWeight(target, { ...weight, ...changes }));
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md bg-sunken p-2">
      {(['from', 'to'] as const).map((end) => (
        <span key={end} className="flex flex-wrap items-center gap-2">
          {end === 'from' ? 'weight' : 'to'}
          <SmallNumber
            label={`${label}: weight, ${end}`}
            value={weight[end]}
            onValue={(next) => set({ [end]: next })}
            className="w-16"
          />
          on
          <input
            type="datetime-local"
            aria-label={`${label}: weight, ${end === 'from' ? 'begins' : 'ends'}`}
            value={localMoment(weight[end === 'from' ? 'startsAt' : 'endsAt'])}
            onChange={(event) => {
              const at = new Date(event.target.value);
              const name = end === 'from' ? 'startsAt' : 'endsAt';
              if (!Number.isNaN(at.getTime())) set({ [name]: wholeMinute(at.getTime()) });
            }}
            className={`${inputLook} w-52!`}
          />
        </span>
      ))}
    </div>
  );
}
