/** A provider's keys: what is kept, where, one more, one less. */
import { KeyRound, Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import type { KeyStanding } from '../../../gateway/contract/calls.ts';
import { keyReference, keyWeight, type ProviderKey } from '../../../gateway/contract/provider-keys.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { inputLook } from '../../components/field.tsx';
import { formatAgo, formatTime } from '../../components/formats.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { type Task, useTask } from '../../components/use-task.ts';
import { type SecretsAnswer, useGateway } from '../../stores/gateway.ts';
import { addProviderKey, removeProviderKey, useProviders, weighProviderKey } from '../../stores/providers.ts';
import { KeyFields } from './key-fields.tsx';
import { KeyPage } from './key-page.tsx';
import { emptyKey, givenKey } from './provider-form.ts';

/** What may be said about a key: its last four characters and its age, or which variable it is read from. */
function keyWords(reference: string, secrets: SecretsAnswer | null): readonly [name: string, words: string] {
  if (reference.startsWith('env:')) return [reference.slice('env:'.length), 'read from the environment'];
  const name = reference.slice('vault:'.length);
  if (!secrets) return [name, ''];
  const secret = secrets.items.find((item) => item.name === name);
  if (!secret) return [name, 'missing: this key is not in the vault; add it again'];
  // Of a short key the gateway tells no part.
  const end = secret.lastFour === '' ? '' : `ends in ${secret.lastFour}, `;
  return [name, `${end}saved ${formatAgo(secret.savedAtMs, Date.now())}`];
}

export function ProviderKeys({ provider }: { readonly provider: ProviderConfig }) {
  const [adding, setAdding] = useState(false);
  const secrets = useGateway((state) => state.secrets);
  return (
    <Section
      title="Keys"
      aside={
        adding ? null : (
          <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAdding(true)}>
            Add a key
          </Button>
        )
      }
    >
      <KeyRows provider={provider} secrets={secrets} />
      {adding ? <AddKey provider={provider} onDone={() => setAdding(false)} /> : null}
      {secrets ? (
        <p className="text-soft wrap-anywhere">Pasted keys are encrypted; the key to them is kept in {secrets.keptIn}.</p>
      ) : null}
    </Section>
  );
}

function KeyRows({ provider, secrets }: { readonly provider: ProviderConfig; readonly secrets: SecretsAnswer | null }) {
  const task = useTask();
  if (provider.keys.length === 0) {
    const words = providerKinds[provider.kind].keyRequired
      ? 'No key yet: it answers only with one.'
      : 'No key: requests go without one.';
    return <p className="text-soft">{words}</p>;
  }
  return (
    <>
      <ul aria-label="Keys" className="grid divide-y divide-line rounded-md border border-line bg-raised">
        {provider.keys.map((key) => (
          <KeyRow key={keyReference(key)} provider={provider} entry={key} secrets={secrets} task={task} />
        ))}
      </ul>
      <ErrorLine message={task.failure?.message ?? null} />
    </>
  );
}

interface KeyRowProps {
  readonly provider: ProviderConfig;
  readonly entry: ProviderKey;
  readonly secrets: SecretsAnswer | null;
  readonly task: Task;
}

function KeyRow({ provider, entry, secrets, task }: KeyRowProps) {
  const reference = keyReference(entry);
  const [name, words] = keyWords(reference, secrets);
  const standing = useProviders(({ facts }) => facts[provider.id]?.standings[reference]);
  return (
    <li className="flex items-center gap-2 py-1 pr-1 pl-3">
      <KeyRound aria-hidden className="size-4 shrink-0 text-soft" />
      <span className="grid min-w-0 flex-1 py-1">
        <span className="wrap-anywhere">
          {name} <span className="text-soft">{words}</span>
        </span>
        {standing && standing.state !== 'ready' ? <RestLine standing={standing} /> : null}
      </span>
      {provider.keys.length > 1 ? (
        <KeyWeight
          name={name}
          weight={keyWeight(entry)}
          onWeight={(weight) => void task.run(() => weighProviderKey(provider, reference, weight))}
        />
      ) : null}
      <IconButton
        label={`Remove the key ${name}`}
        icon={<X aria-hidden className="size-4" />}
        disabled={task.busy}
        onClick={() => void task.run(() => removeProviderKey(provider, reference))}
      />
    </li>
  );
}

function RestLine({ standing }: { readonly standing: KeyStanding }) {
  const until = standing.untilMs === null ? '' : ` until ${formatTime(standing.untilMs, Date.now())}`;
  return (
    <>
      <StateBadge tone="warn" word={standing.state === 'resting' ? `Rests${until}` : `Set aside${until}`} className="text-xs" />
      <span className="text-soft text-xs wrap-anywhere">It {standing.reason ?? 'is not asked'}.</span>
    </>
  );
}

interface KeyWeightProps {
  readonly name: string;
  readonly weight: number;
  readonly onWeight: (weight: number) => void;
}

/** A key's share of the requests among its provider's keys; takes effect when it is left. */
function KeyWeight({ name, weight, onWeight }: KeyWeightProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = () => {
    const given = Number(typed ?? weight);
    setTyped(null);
    if (Number.isInteger(given) && given >= 1 && given <= 100 && given !== weight) onWeight(given);
  };
  return (
    <label className="flex shrink-0 items-center gap-1 text-soft">
      Share
      <input
        type="number"
        min={1}
        max={100}
        aria-label={`Share of the key ${name}`}
        value={typed ?? weight}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={leave}
        onKeyDown={(event) => (event.key === 'Enter' ? leave() : undefined)}
        className={classNames(inputLook, 'w-16')}
      />
    </label>
  );
}

function AddKey({ provider, onDone }: { readonly provider: ProviderConfig; readonly onDone: () => void }) {
  const [draft, setDraft] = useState(emptyKey);
  const task = useTask();
  const key = givenKey(draft);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (key && (await task.run(() => addProviderKey(provider, key)))) onDone();
  };
  return (
    <form
      onSubmit={(event) => void save(event)}
      noValidate
      aria-label="Add a key"
      className="grid gap-3 rounded-md border border-line bg-raised p-3"
    >
      <KeyFields
        draft={draft}
        onChange={setDraft}
        error={task.failure?.message ?? null}
        variable={providerKinds[provider.kind].keyVariable}
        hint={<KeyPage kind={provider.kind} />}
      />
      <div className="flex gap-2">
        <Button look="primary" type="submit" disabled={task.busy || key === null}>
          Save key
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}
