/** The field that parts of a query are typed into: what may follow is offered, Enter adds the part. */
import { type FormEvent, type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { readQuery } from '../../../gateway/contract/requests/query.ts';
import { classNames } from '../../components/class-names.ts';
import { inputLook } from '../../components/field.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { type Completion, completionsOf, type KnownNames } from './completions.ts';
import { textsOf } from './query-address.ts';

interface QueryFieldProps {
  /** The names that are known at this moment. */
  readonly knownNames: () => KnownNames;
  readonly onParts: (parts: readonly string[]) => void;
  /** Takes the last part back into the field; null when there is none. */
  readonly onTakeBack: () => string | null;
}

interface OffersProps {
  readonly id: string;
  readonly offers: readonly Completion[];
  readonly chosen: number;
  readonly onChoose: (offer: Completion) => void;
}

function Offers({ id, offers, chosen, onChoose }: OffersProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label="Parts of a query"
      className="absolute inset-x-0 top-9 z-30 max-h-80 overflow-y-auto rounded-md border border-edge bg-raised p-1 shadow-lift"
    >
      {offers.map((offer, index) => (
        <li
          key={offer.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // The field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(offer)}
          ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
          className={classNames(
            'flex h-7 items-center gap-3 rounded px-2 hover:bg-sunken',
            index === chosen && 'bg-accent-ground hover:bg-accent-ground',
          )}
        >
          <span className="min-w-0 shrink-0 truncate font-mono text-xs">{offer.label}</span>
          <span className="min-w-0 truncate text-soft text-xs">{offer.hint}</span>
        </li>
      ))}
    </ul>
  );
}

/** What is typed, what is offered for it, and which offer is chosen; −1 for none. */
function useTyping({ knownNames, onParts, onTakeBack }: QueryFieldProps) {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [problem, setProblem] = useState<string | null>(null);
  const offers = useMemo(() => (open ? completionsOf(text, knownNames()) : []), [open, text, knownNames]);
  const write = (next: string, opened = true) => {
    setText(next);
    setOpen(opened);
    setChosen(-1);
    setProblem(null);
  };
  const submit = (whole: string) => {
    const reading = readQuery(whole, Date.now());
    setOpen(false);
    if (!reading.ok) return setProblem(reading.message);
    if (reading.terms.length > 0) onParts(textsOf(reading.terms));
    write('', false);
  };
  const choose = (offer: Completion) => (offer.isWhole ? submit(offer.text) : write(offer.text));
  const move = (step: number) => {
    if (!open) return setOpen(true);
    // Before the first and behind the last is the field itself.
    setChosen(((chosen + 1 + step + offers.length + 1) % (offers.length + 1)) - 1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const offer = offers[chosen];
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Tab' && offer && !event.shiftKey) choose(offer);
    else if (event.key === 'Escape' && open) setOpen(false);
    else if (event.key === 'Backspace' && text === '') {
      const part = onTakeBack();
      if (part === null) return;
      write(part);
    } else return;
    event.preventDefault();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const offer = offers[chosen];
    if (offer) choose(offer);
    else submit(text);
  };
  return { text, offers, chosen, problem, write, choose, onKeyDown, onSubmit, setOpen };
}

export function QueryField(props: QueryFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const { text, offers, chosen, problem, write, choose, onKeyDown, onSubmit, setOpen } = useTyping(props);
  const isOpen = offers.length > 0;
  return (
    <form role="search" onSubmit={onSubmit} className="relative grid min-w-0 flex-1 gap-1">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label="Search requests"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-activedescendant={chosen >= 0 ? `${id}-list-${chosen}` : undefined}
        aria-invalid={problem === null ? undefined : true}
        placeholder="Search: status:failed, model:gpt-5*, cost:>0.01, timeout …"
        value={text}
        autoComplete="off"
        spellCheck={false}
        data-search=""
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        className={inputLook}
      />
      {isOpen ? <Offers id={`${id}-list`} offers={offers} chosen={chosen} onChoose={choose} /> : null}
      <ErrorLine message={problem} />
    </form>
  );
}
