/** Aliases: names of your own for one or several targets. */
import { ChevronDown, ChevronRight, Plus, Tags, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { EmptyNotice } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { sameJson } from '../../stores/json-value.ts';
import { problemsBelow, usePolicyCheck } from '../../stores/policy-check.ts';
import { changeAlias, freeAliasName } from '../../stores/policy-document.ts';
import { deleteAlias, editPolicy, usePolicyDraft } from '../../stores/policy-draft.ts';
import { routeWords } from './edit-route.ts';
import { Kept, problemAt, type Problems, Warnings } from './form-parts.tsx';
import { RouteForm } from './route-form.tsx';
import { useModelChoice } from './use-model-choice.ts';

export function AliasesView() {
  const aliases = usePolicyDraft(({ policy }) => policy.aliases);
  const [open, setOpen] = useState<string | null>(null);
  const { cheap } = useModelChoice();
  const add = () => {
    const name = freeAliasName('fast', usePolicyDraft.getState().policy);
    editPolicy((now) => changeAlias(now, name, { name, value: { strategy: 'first', targets: [cheap] } }));
    setOpen(name);
  };
  const button = (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={add} className="justify-self-start">
      Add an alias
    </Button>
  );
  const names = Object.keys(aliases);
  if (names.length === 0) {
    return (
      <EmptyNotice icon={Tags} title="No aliases yet" action={button}>
        An alias is a model name of your own. Programs ask for “fast”, and you decide which model that is, and which steps in when
        it fails, without touching a program.
      </EmptyNotice>
    );
  }
  return (
    <div className="grid content-start gap-3">
      <p className="text-soft">Names of your own that programs ask for, and that rules may send requests to.</p>
      <ul aria-label="Aliases" className="grid divide-y divide-line rounded-md border border-line bg-raised">
        {names.map((name) => (
          <AliasRow
            key={open === name ? 'open' : name}
            name={name}
            value={aliases[name]}
            open={open === name}
            onOpen={(isOpen) => setOpen(isOpen ? name : null)}
            onRenamed={setOpen}
          />
        ))}
      </ul>
      {button}
    </div>
  );
}

interface AliasRowProps {
  readonly name: string;
  readonly value: unknown;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onRenamed: (name: string) => void;
}

function AliasRow({ name, value, open, onOpen, onRenamed }: AliasRowProps) {
  const check = usePolicyCheck((state) => state.check);
  const base = usePolicyDraft((draft) => draft.base?.policy.aliases);
  const problems = problemsBelow(check, `aliases.${name}`);
  const before = base && Object.hasOwn(base, name) ? base[name] : undefined;
  const mark = before === undefined ? 'new' : sameJson(before, value) ? null : 'changed';
  return (
    <li className="grid">
      <div className="flex items-start gap-2 py-2 pr-2 pl-3">
        <div className="grid min-w-0 flex-1 gap-0.5 py-1.5">
          <div className="flex min-w-0 flex-wrap items-center gap-x-3">
            <button
              type="button"
              onClick={() => onOpen(!open)}
              className="min-w-0 truncate text-left font-semibold hover:underline"
            >
              {name}
            </button>
            {mark === null ? null : (
              <span className="rounded-full bg-accent-ground px-2 font-medium text-accent text-xs">{mark}</span>
            )}
            {problems.size === 0 ? null : (
              <StateBadge tone="bad" word={problems.size === 1 ? '1 mistake' : `${problems.size} mistakes`} className="text-xs" />
            )}
          </div>
          <p className="text-soft wrap-anywhere">{routeWords(value)}</p>
          <Warnings messages={[...problemsBelow(check, `aliases.${name}`, 'warning').values()]} />
        </div>
        <IconButton
          label={`Remove the alias ${name}`}
          icon={<Trash2 aria-hidden className="size-4" />}
          onClick={() => deleteAlias(name)}
        />
        <IconButton
          label={open ? `Close the alias ${name}` : `Edit the alias ${name}`}
          aria-expanded={open}
          icon={open ? <ChevronDown aria-hidden className="size-4" /> : <ChevronRight aria-hidden className="size-4" />}
          onClick={() => onOpen(!open)}
        />
      </div>
      {open ? <AliasForm name={name} value={value} problems={problems} onRenamed={onRenamed} /> : null}
    </li>
  );
}

interface AliasFormProps {
  readonly name: string;
  readonly value: unknown;
  readonly problems: Problems;
  readonly onRenamed: (name: string) => void;
}

function AliasForm({ name, value, problems, onRenamed }: AliasFormProps) {
  const aliases = usePolicyDraft(({ policy }) => policy.aliases);
  /** Null while nobody types: a name on its way may be empty, or another's. */
  const [typed, setTyped] = useState<string | null>(null);
  const wanted = typed?.trim() ?? name;
  const mistake =
    wanted === ''
      ? 'It needs a name.'
      : wanted !== name && Object.hasOwn(aliases, wanted)
        ? 'Another alias has this name.'
        : null;
  const rename = () => {
    if (mistake === null && wanted !== name) {
      editPolicy((policy) => changeAlias(policy, name, { name: wanted, value }));
      onRenamed(wanted);
    }
    if (mistake === null) setTyped(null);
  };
  return (
    <div className="grid gap-4 border-line border-t p-4">
      <div onBlur={rename} onKeyDown={(event) => (event.key === 'Enter' ? rename() : undefined)} className="max-w-sm">
        <TextField label="Name" value={typed ?? name} onValue={setTyped} error={mistake ?? problemAt(problems, '')} />
      </div>
      {value === undefined ? (
        <Kept value={value} />
      ) : (
        <RouteForm
          value={value}
          place=""
          problems={problems}
          onChange={(next) => editPolicy((policy) => changeAlias(policy, name, { name, value: next }))}
        />
      )}
    </div>
  );
}
