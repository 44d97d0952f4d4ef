/** Small fields for the many parts of a rule: each with its own name for assistive technology, and what is wrong below it. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { classNames } from '../../components/class-names.ts';
import { sentenceOf } from '../../components/decision-words.ts';
import { inputLook, openList } from '../../components/field.tsx';
import { formatJson } from '../../stores/json-value.ts';

/** What the gateway says is wrong, by the place within the rule. */
export type Problems = ReadonlyMap<string, string>;

/** What is wrong at a place or, where the whole part is shown as one field, somewhere within it. */
export function problemAt(problems: Problems, place: string, within = false): string | null {
  const exact = problems.get(place);
  if (exact !== undefined || !within) return exact ?? null;
  for (const [path, message] of problems) if (path.startsWith(`${place}.`)) return message;
  return null;
}

export function Wrong({ id, message }: { readonly id?: string | undefined; readonly message: string | null }) {
  if (message === null) return null;
  return (
    <p id={id} className="flex items-start gap-1 text-bad wrap-anywhere">
      <CircleAlert aria-hidden className="mt-1 size-3.5 shrink-0" />
      <span className="min-w-0">{message}</span>
    </p>
  );
}

/** What may be meant so, and may not. */
export function Warnings({ messages }: { readonly messages: readonly string[] }) {
  return messages.map((message) => (
    <p key={message} className="flex items-start gap-1 text-warn wrap-anywhere">
      <TriangleAlert aria-hidden className="mt-1 size-3.5 shrink-0" />
      <span className="min-w-0">{sentenceOf(message)}</span>
    </p>
  ));
}

interface SmallFieldProps {
  readonly label: string;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly error?: string | null | undefined;
  readonly className?: string;
  readonly placeholder?: string | undefined;
  readonly list?: string | undefined;
}

function ties(id: string, error: string | null | undefined) {
  return error ? ({ 'aria-invalid': true, 'aria-describedby': id } as const) : {};
}

export function SmallText({ label, value, onValue, error, className, placeholder, list }: SmallFieldProps) {
  const id = useId();
  return (
    <span className={classNames('grid min-w-0 gap-1', className)}>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        placeholder={placeholder}
        list={list}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onValue(event.target.value)}
        {...ties(id, error)}
        className={inputLook}
      />
      <Wrong id={id} message={error ?? null} />
    </span>
  );
}

/** Shows what is typed while it is typed, though it may say no number yet: the gateway then tells what is wrong with it. */
export function SmallNumber({ label, value, onValue, error, className, placeholder }: SmallFieldProps) {
  const id = useId();
  const wrong = typeof value === 'string' ? 'must be a number' : (error ?? null);
  const [typed, setTyped] = useState<string | null>(null);
  const take = (text: string) => {
    setTyped(text);
    const given = Number(text.trim().replace(',', '.'));
    onValue(text.trim() === '' ? undefined : Number.isFinite(given) ? given : text.trim());
  };
  return (
    <span className={classNames('grid min-w-0 gap-1', className)}>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        aria-label={label}
        placeholder={placeholder}
        value={typed ?? (value === undefined || value === null ? '' : String(value))}
        onChange={(event) => take(event.target.value)}
        onBlur={() => setTyped(null)}
        {...ties(id, wrong)}
        className={inputLook}
      />
      <Wrong id={id} message={wrong} />
    </span>
  );
}

/** Several texts with commas between them. */
export function SmallList({ label, value, onValue, error, className, placeholder }: SmallFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = Array.isArray(value) ? value.join(', ') : '';
  const take = (text: unknown) => {
    setTyped(String(text));
    onValue(
      String(text)
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
  };
  return (
    <span onBlur={() => setTyped(null)} className={classNames('grid min-w-0', className)}>
      <SmallText label={label} value={typed ?? shown} onValue={take} error={error} placeholder={placeholder} />
    </span>
  );
}

interface SmallChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly choices: readonly (readonly [value: string, word: string])[];
  readonly className?: string;
  /** A choice does something at once: keys open the list, instead of choosing what comes next. */
  readonly acts?: boolean;
}

export function SmallChoice({ label, value, onValue, choices, className, acts = false }: SmallChoiceProps) {
  const isKnown = choices.some(([choice]) => choice === value);
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onValue(event.target.value)}
      onKeyDown={acts ? openList : undefined}
      className={classNames(inputLook, className)}
    >
      {isKnown ? null : <option value={value}>{value}</option>}
      {choices.map(([choice, word]) => (
        <option key={choice} value={choice}>
          {word}
        </option>
      ))}
    </select>
  );
}

/** A part in a form that this page does not know: shown as it is written, and left so. */
export function Kept({ value, error }: { readonly value: unknown; readonly error?: string | null }) {
  return (
    <span className="grid min-w-0 gap-1">
      <code className="block rounded-md bg-sunken px-2 py-1.5 font-mono text-xs wrap-anywhere">{formatJson(value, '  ')}</code>
      <span className="text-soft text-xs">Kept as it is; the document edits it.</span>
      <Wrong message={error ?? null} />
    </span>
  );
}

/** A label to the left, the field to the right. */
export function Row({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="grid grid-cols-[152px_minmax(0,1fr)] items-start gap-3">
      <span className="pt-1.5 wrap-anywhere">
        {label}
        {hint ? <span className="block text-soft text-xs">{hint}</span> : null}
      </span>
      {children}
    </div>
  );
}
