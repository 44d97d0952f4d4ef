/** One rule of the list: its sentence, its switch, its place, and its form when it is open. */
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Copy, GripVertical, Trash2 } from 'lucide-react';
import type { HTMLAttributes, KeyboardEvent } from 'react';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { sentenceOf } from '../../components/decision-words.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { Toggle } from '../../components/toggle.tsx';
import { isObject, type JsonObject } from '../../stores/json-value.ts';
import { isEnabled, ruleName } from '../../stores/policy-document.ts';
import { Kept, type Problems, Warnings } from './form-parts.tsx';
import { RuleForm } from './rule-form.tsx';

export interface RuleRowProps {
  readonly rule: unknown;
  readonly index: number;
  readonly count: number;
  /** Null: the gateway has not said it yet, or refuses the rule. */
  readonly sentence: string | null;
  readonly problems: Problems;
  readonly warnings: readonly string[];
  /** How it differs from what is in force. */
  readonly mark: 'new' | 'changed' | null;
  readonly open: boolean;
  /** Where the row that is being dragged would land, beside this one. */
  readonly landing: 'above' | 'below' | null;
  readonly dragged: boolean;
  readonly handle: HTMLAttributes<HTMLElement>;
  readonly onOpen: (open: boolean) => void;
  readonly onChange: (rule: JsonObject) => void;
  readonly onMove: (to: number) => void;
  readonly onDuplicate: () => void;
  readonly onDelete: () => void;
}

export function RuleRow(props: RuleRowProps) {
  const { rule, index, open, landing, dragged, onMove, problems, onChange } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    // In a field these keys are the field's own: they open its list, or move its cursor.
    if (event.target instanceof Element && event.target.matches('input, select, textarea')) return;
    event.preventDefault();
    onMove(index + (event.key === 'ArrowUp' ? -1 : 1));
  };
  return (
    <li
      data-rule={ruleName(rule)}
      onKeyDown={onKeyDown}
      className={classNames(
        'relative bg-raised first:rounded-t-md last:rounded-b-md',
        dragged && 'opacity-60',
        landing && 'before:absolute before:inset-x-0 before:z-10 before:h-0.5 before:bg-accent',
        landing === 'above' && 'before:-top-px',
        landing === 'below' && 'before:-bottom-px',
      )}
    >
      <Head {...props} />
      {open ? (
        <div className="border-line border-t p-4">
          {isObject(rule) ? (
            <RuleForm rule={rule} problems={problems} onChange={onChange} />
          ) : (
            <Kept value={rule} error={problems.get('') ?? null} />
          )}
        </div>
      ) : null}
    </li>
  );
}

function Head(props: RuleRowProps) {
  const { rule, index, handle, onChange } = props;
  const name = ruleName(rule) || `Rule ${index + 1}`;
  const isOn = isEnabled(rule);
  const switchOn = (on: boolean) => {
    if (!isObject(rule)) return;
    const { enabled: _enabled, ...rest } = rule;
    onChange(on ? rest : { ...rest, enabled: false });
  };
  return (
    <div className="flex items-start gap-2 py-2 pr-2 pl-1">
      <span
        {...handle}
        aria-hidden
        title="Drag to another place (Alt and arrow keys move it too)"
        className="flex h-8 w-6 shrink-0 cursor-grab touch-none items-center justify-center text-soft hover:text-ink active:cursor-grabbing"
      >
        <GripVertical className="size-4" />
      </span>
      <span className="flex h-8 items-center gap-2">
        <span className="w-5 text-right text-soft">{index + 1}</span>
        <Toggle label={`Use the rule ${name}`} checked={isOn} disabled={!isObject(rule)} onChange={switchOn} />
      </span>
      <Words {...props} name={name} isOn={isOn} />
    </div>
  );
}

function Words(props: RuleRowProps & { readonly name: string; readonly isOn: boolean }) {
  const { name, isOn, mark, sentence, problems, warnings, onOpen, open } = props;
  const wrong = problems.size;
  return (
    <div className="grid min-w-0 flex-1">
      <div className="flex min-h-8 min-w-0 items-center gap-x-3">
        <button
          type="button"
          onClick={() => onOpen(!open)}
          className={classNames('min-w-0 truncate text-left font-semibold hover:underline', !isOn && 'text-soft')}
        >
          {name}
        </button>
        {mark === null ? null : (
          <span className="shrink-0 rounded-full bg-accent-ground px-2 font-medium text-accent text-xs">{mark}</span>
        )}
        {wrong === 0 ? null : (
          <StateBadge tone="bad" word={wrong === 1 ? '1 mistake' : `${wrong} mistakes`} className="shrink-0 text-xs" />
        )}
        <span className="ml-auto flex shrink-0">
          <Actions {...props} />
        </span>
      </div>
      <p className={classNames('min-h-5 pr-2 wrap-anywhere', (!isOn || sentence === null) && 'text-soft')}>
        {sentence ?? sentenceOf([...problems.values()][0] ?? '…')}
      </p>
      <Warnings messages={warnings} />
    </div>
  );
}

function Actions({ index, count, name, open, onOpen, onMove, onDuplicate, onDelete }: RuleRowProps & { readonly name: string }) {
  const buttons = [
    [`Move ${name} up`, ArrowUp, index === 0, () => onMove(index - 1)],
    [`Move ${name} down`, ArrowDown, index === count - 1, () => onMove(index + 1)],
    [`Duplicate ${name}`, Copy, false, onDuplicate],
    [`Remove ${name}`, Trash2, false, onDelete],
  ] as const;
  return (
    <>
      {buttons.map(([label, Icon, disabled, act]) => (
        <IconButton key={label} label={label} icon={<Icon aria-hidden className="size-4" />} disabled={disabled} onClick={act} />
      ))}
      <IconButton
        label={open ? `Close the rule ${name}` : `Edit the rule ${name}`}
        aria-expanded={open}
        icon={open ? <ChevronDown aria-hidden className="size-4" /> : <ChevronRight aria-hidden className="size-4" />}
        onClick={() => onOpen(!open)}
      />
    </>
  );
}
