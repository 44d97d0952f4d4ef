/** The filters: one field for each, and a chip for each that is set. */
import { Pause, Play, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { RequestFilter } from '../../../gateway/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { inputLook, SearchField } from '../../components/field.tsx';
import { requestStates } from '../../components/state-badge.tsx';
import { useGateway } from '../../stores/gateway.ts';
import { navigate, useRoute, withQuery } from '../../stores/route.ts';
import { noFilter, stateChoices } from './request-filter.ts';

function setFilter(changes: Readonly<Record<string, string | null>>): void {
  navigate(withQuery(useRoute.getState(), changes), { replace: true });
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, word: string])[];
}

function Choice({ label, name, value, choices }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => setFilter({ [name]: event.target.value === '' ? null : event.target.value })}
      className={`${inputLook} max-w-36`}
    >
      <option value="">{label}</option>
      {choices.map(([choice, word]) => (
        <option key={choice} value={choice}>
          {word}
        </option>
      ))}
    </select>
  );
}

function ModelField() {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    setFilter({ model: text.trim() });
    setText('');
  };
  return (
    <form role="search" onSubmit={submit} className="min-w-32 max-w-60 flex-1">
      <SearchField main label="Exact model" value={text} onValue={setText} />
    </form>
  );
}

function Chip({ name, words }: { readonly name: string; readonly words: string }) {
  return (
    <li className="inline-flex h-6 min-w-0 items-center gap-1 rounded-full border border-line bg-accent-ground pr-0.5 pl-2 text-xs">
      <span className="max-w-60 truncate">{words}</span>
      <button
        type="button"
        aria-label={`Remove the filter ${words}`}
        onClick={() => setFilter({ [name]: null })}
        className="inline-flex size-5 items-center justify-center rounded-full hover:bg-raised"
      >
        <X aria-hidden className="size-3" />
      </button>
    </li>
  );
}

function Chips({ filter }: { readonly filter: RequestFilter }) {
  const clients = useGateway((state) => state.clients);
  const clientName = clients?.find(({ id }) => id === filter.clientId)?.name ?? filter.clientId;
  const chips: [name: string, words: string][] = [];
  if (filter.state) chips.push(['state', filter.state.map((state) => requestStates[state].word).join(' or ')]);
  if (filter.provider) chips.push(['provider', `provider ${filter.provider}`]);
  if (filter.model) chips.push(['model', `model ${filter.model}`]);
  if (filter.clientId) chips.push(['client', `program ${clientName}`]);
  if (chips.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <ul aria-label="Filters" className="contents">
        {chips.map(([name, words]) => (
          <Chip key={name} name={name} words={words} />
        ))}
      </ul>
      <button type="button" onClick={() => setFilter(noFilter)} className="px-1 font-medium text-accent text-xs hover:underline">
        Clear all
      </button>
    </div>
  );
}

interface FilterBarProps {
  readonly filter: RequestFilter;
  readonly paused: boolean;
  /** New requests that wait. */
  readonly held: number;
  readonly onPause: (paused: boolean) => void;
}

export function FilterBar({ filter, paused, held, onPause }: FilterBarProps) {
  const providers = useGateway((state) => state.config?.effective.providers);
  const clients = useGateway((state) => state.clients);
  const Icon = paused ? Play : Pause;
  return (
    <div className="grid gap-2">
      <div className="flex min-w-0 items-center gap-2">
        <Choice
          label="Any state"
          name="state"
          value={filter.state?.length === 1 ? (filter.state[0] ?? '') : ''}
          choices={stateChoices.map((state) => [state, requestStates[state].word])}
        />
        <Choice
          label="Any provider"
          name="provider"
          value={filter.provider ?? ''}
          choices={(providers ?? []).map(({ id }) => [id, id])}
        />
        <Choice
          label="Any program"
          name="client"
          value={filter.clientId ?? ''}
          choices={(clients ?? []).map(({ id, name }) => [id, name])}
        />
        <ModelField />
        <Button
          aria-pressed={paused}
          icon={<Icon aria-hidden className="size-4" />}
          onClick={() => onPause(!paused)}
          className="ml-auto min-w-36"
        >
          {paused ? `Resume (${held} new)` : 'Pause'}
        </Button>
      </div>
      <Chips filter={filter} />
    </div>
  );
}
