/** Form fields: a label, the field, and below it a hint or what is wrong. */
import { CircleAlert } from 'lucide-react';
import {
  type InputHTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { classNames } from './class-names.ts';

export const inputLook =
  'h-8 w-full min-w-0 rounded-md border border-edge bg-raised px-2 text-ink disabled:border-line disabled:bg-sunken disabled:text-soft aria-invalid:border-bad';

interface Around {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value, as a sentence. */
  readonly error?: string | null | undefined;
}

/** A hint, or what is wrong in its place. */
export function Below({ id, hint, error }: { readonly id: string } & Pick<Around, 'hint' | 'error'>) {
  if (error) {
    return (
      <p id={id} className="flex items-start gap-1 text-bad wrap-anywhere">
        <CircleAlert aria-hidden className="mt-1 size-3.5 shrink-0" />
        {error}
      </p>
    );
  }
  return hint ? (
    <p id={id} className="text-soft wrap-anywhere">
      {hint}
    </p>
  ) : null;
}

/** What ties a field to its label and to what stands below it. */
interface FieldTies {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

function Labelled({ label, hint, error, children }: Around & { readonly children: (ties: FieldTies) => ReactNode }) {
  const id = useId();
  const belowId = `${id}-below`;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': error || hint ? belowId : undefined,
      })}
      <Below id={belowId} hint={hint} error={error} />
    </div>
  );
}

type TextFieldProps = Around &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & { readonly onValue: (value: string) => void };

export function TextField({ label, hint, error, onValue, className, ...rest }: TextFieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(ties) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...ties}
          onChange={(event) => onValue(event.target.value)}
          className={classNames(inputLook, className)}
        />
      )}
    </Labelled>
  );
}

type TextAreaFieldProps = Around &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange'> & { readonly onValue: (value: string) => void };

export function TextAreaField({ label, hint, error, onValue, ...rest }: TextAreaFieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(ties) => (
        <textarea
          rows={3}
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...ties}
          onChange={(event) => onValue(event.target.value)}
          className={classNames(inputLook, 'h-auto! resize-y py-1.5 font-mono text-xs')}
        />
      )}
    </Labelled>
  );
}

type SelectFieldProps = Around &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> & { readonly onValue: (value: string) => void };

/** The system's own list: right for keyboard, touch and screen readers everywhere. */
export function SelectField({ label, hint, error, onValue, children, ...rest }: SelectFieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(ties) => (
        <select {...rest} {...ties} onChange={(event) => onValue(event.target.value)} className={inputLook}>
          {children}
        </select>
      )}
    </Labelled>
  );
}

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** Is this the search that `/` goes to? */
  readonly main?: boolean;
}

export function SearchField({ label, value, onValue, main = false }: SearchFieldProps) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      autoComplete="off"
      spellCheck={false}
      data-search={main ? '' : undefined}
      onChange={(event) => onValue(event.target.value)}
      className={inputLook}
    />
  );
}

/** For a list of choices each of which does something at once: keys open it, instead of choosing what comes next. */
export function openList(event: KeyboardEvent<HTMLSelectElement>): void {
  const { key, ctrlKey, metaKey, altKey } = event;
  const chooses = /^(?:Arrow|Page|Home|End)/.test(key) || (key.length === 1 && key !== ' ');
  if (!chooses || ctrlKey || metaKey || altKey) return;
  // Not every browser lets a page open its list.
  if (!('showPicker' in event.currentTarget)) return;
  event.preventDefault();
  event.currentTarget.showPicker();
}
