/** The choice of a kind of provider: found by name, in groups, each with its sign. */
import { useState } from 'react';
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { SearchField } from '../../components/field.tsx';
import { Link } from '../../components/link.tsx';
import { ProviderSign } from '../../components/provider-sign.tsx';
import { Section } from '../../components/section.tsx';
import { findKinds, kindWords } from './kind-groups.ts';

export function KindPicker() {
  const [search, setSearch] = useState('');
  const groups = findKinds(search);
  return (
    <div className="grid max-w-3xl gap-4">
      <h2 className="font-semibold text-lg">Add a provider</h2>
      <SearchField label="Search kinds of providers" value={search} onValue={setSearch} />
      {groups.map(({ title, kinds }) => (
        <Section key={title} title={title}>
          <ul aria-label={title} className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-2">
            {kinds.map((kind) => (
              <Choice key={kind} kind={kind} />
            ))}
          </ul>
        </Section>
      ))}
      {groups.length === 0 ? (
        <p className="text-soft">
          No kind is called that. Most services speak OpenAI’s format: choose “{providerKinds['openai-compatible'].name}” and give
          its address.
        </p>
      ) : null}
    </div>
  );
}

function Choice({ kind }: { readonly kind: ProviderKind }) {
  return (
    <li className="grid">
      <Link
        to={`/providers?add=${kind}`}
        className="flex min-w-0 items-center gap-2 rounded-md border border-line bg-raised p-2 hover:border-edge"
      >
        <ProviderSign kind={kind} />
        <span className="grid min-w-0">
          <span className="truncate font-medium">{providerKinds[kind].name}</span>
          <span className="truncate text-soft text-xs">{kindWords(kind)}</span>
        </span>
      </Link>
    </li>
  );
}
