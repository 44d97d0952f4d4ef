/** The list of providers: found by name, each with its switch and its health. */
import { Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { classNames } from '../../components/class-names.ts';
import { SearchField } from '../../components/field.tsx';
import { Link } from '../../components/link.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { ProviderSign } from '../../components/provider-sign.tsx';
import { ScreenTitle } from '../../components/section.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Toggle } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { unknownFacts, updateProvider, useProviders } from '../../stores/providers.ts';
import { useQuery } from '../../stores/route.ts';
import { useTargets } from '../../stores/targets.ts';
import { healthOf } from './provider-words.ts';
import { troubleWords } from './target-words.ts';

function matches({ id, kind }: ProviderConfig, search: string): boolean {
  return `${id} ${providerKinds[kind].name}`.toLowerCase().includes(search.trim().toLowerCase());
}

export function ProviderList({ providers }: { readonly providers: readonly ProviderConfig[] }) {
  const [search, setSearch] = useState('');
  const query = useQuery();
  const task = useTask();
  const isAdding = query.has('add');
  const activeId = isAdding ? null : (query.get('id') ?? providers[0]?.id);
  const found = providers.filter((provider) => matches(provider, search));
  const switchOn = (id: string, enabled: boolean) => void task.run(() => updateProvider(id, { enabled }));
  return (
    <div className="flex min-h-0 flex-col gap-3 border-line border-r bg-raised p-4">
      <div className="flex items-center justify-between">
        <ScreenTitle>Providers</ScreenTitle>
        <Link
          to="/providers?add=1"
          aria-current={isAdding ? 'true' : undefined}
          className="inline-flex h-8 items-center gap-1 rounded-md border border-accent bg-accent px-3 font-medium text-accent-ink hover:brightness-110"
        >
          <Plus aria-hidden className="size-4" /> Add
        </Link>
      </div>
      <div className="grid shrink-0">
        <SearchField main label="Search providers" value={search} onValue={setSearch} />
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
      <ul aria-label="Providers" className="-mx-2 grid min-h-0 content-start gap-1 overflow-y-auto p-1">
        {found.map((provider) => (
          <Entry
            key={provider.id}
            provider={provider}
            active={provider.id === activeId}
            busy={task.busy}
            onSwitch={(enabled) => switchOn(provider.id, enabled)}
          />
        ))}
      </ul>
      {found.length === 0 ? <p className="px-1 text-soft">No provider is called that.</p> : null}
    </div>
  );
}

interface EntryProps {
  readonly provider: ProviderConfig;
  readonly active: boolean;
  readonly busy: boolean;
  readonly onSwitch: (enabled: boolean) => void;
}

function Entry({ provider, active, busy, onSwitch }: EntryProps) {
  const facts = useProviders((state) => state.facts[provider.id] ?? unknownFacts);
  const trouble = useTargets(({ items }) => troubleWords(items?.filter((one) => one.provider === provider.id) ?? []));
  const health = healthOf(provider, facts);
  const { tone, word } =
    trouble !== null && (health.tone === 'good' || (health.tone === 'idle' && provider.enabled))
      ? { tone: 'warn' as const, word: trouble }
      : health;
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) item.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <li
      ref={item}
      className={classNames('relative flex items-center gap-2 rounded-md p-2', active ? 'bg-accent-ground' : 'hover:bg-ground')}
    >
      <ProviderSign kind={provider.kind} />
      <div className="min-w-0 flex-1">
        <Link
          to={`/providers?id=${encodeURIComponent(provider.id)}`}
          aria-current={active ? 'true' : undefined}
          className="block truncate font-medium after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {provider.id}
        </Link>
        <StateBadge tone={tone} word={word} className="max-w-full text-xs" />
      </div>
      <div className="relative z-10 flex">
        <Toggle label={`Use ${provider.id}`} checked={provider.enabled} disabled={busy} onChange={onSwitch} />
      </div>
    </li>
  );
}
