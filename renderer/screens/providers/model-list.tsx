/** The models a provider offers, found by name, each with the name that programs write. */
import { Boxes } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SearchField } from '../../components/field.tsx';
import { formatCount } from '../../components/formats.ts';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { ModelChanges } from './model-changes.tsx';
import { factWords } from '../../components/model-words.ts';
import { type ModelsAnswer, readModels, unknownFacts, useProviders } from '../../stores/providers.ts';

/** More than anyone reads; beyond it the search narrows. */
const mostShown = 200;

const sources: Readonly<Record<ModelsAnswer['source'], string>> = {
  config: 'from the config',
  provider: 'listed',
  'built-in': 'built in',
  catalog: 'known of it, which has no list',
};

export function ModelList({ provider }: { readonly provider: ProviderConfig }) {
  const [search, setSearch] = useState('');
  const { models, modelsError } = useProviders((state) => state.facts[provider.id] ?? unknownFacts);
  const read = () => void readModels(provider.id);
  const isKnown = models !== null || modelsError !== null;
  useEffect(() => {
    if (!isKnown) void readModels(provider.id);
  }, [isKnown, provider.id]);
  const count = models ? `${formatCount(models.models.length)} ${sources[models.source]}` : null;
  return (
    <Section
      title="Models"
      aside={
        <div className="flex items-center gap-3">
          <span className="whitespace-nowrap text-soft">{count}</span>
          <div className="w-48">
            <SearchField label="Search models" value={search} onValue={setSearch} />
          </div>
        </div>
      }
    >
      {models ? <ModelChanges providerId={provider.id} models={models} /> : null}
      <div className="grid min-h-32 rounded-md border border-line bg-raised">
        {modelsError !== null && models === null ? (
          <ErrorNotice title="The models could not be listed" message={modelsError} onRetry={read} />
        ) : null}
        {isKnown ? null : <SkeletonRows rows={4} />}
        {models ? <Found providerId={provider.id} models={models} search={search} /> : null}
      </div>
    </Section>
  );
}

interface FoundProps {
  readonly providerId: string;
  readonly models: ModelsAnswer;
  readonly search: string;
}

function Found({ providerId, models, search }: FoundProps) {
  const wanted = search.trim().toLowerCase();
  const found = models.models.filter(({ id }) => id.toLowerCase().includes(wanted));
  if (models.models.length === 0) {
    return (
      <EmptyNotice icon={Boxes} title="It lists no models">
        Load one there, then check again; a model that is not listed can still be asked for by its exact name.
      </EmptyNotice>
    );
  }
  if (found.length === 0) return <p className="m-auto p-6 text-soft">No model is called that.</p>;
  return (
    <ul aria-label="Models" className="grid content-start divide-y divide-line">
      {found.slice(0, mostShown).map(({ id, facts }) => (
        <li key={id} className="flex min-h-8 items-center gap-2 pr-1 pl-3">
          <span className="grid min-w-0 flex-1 py-1">
            <span className="truncate font-mono text-xs" title={id}>
              {id}
            </span>
            <FactLine words={factWords(facts)} />
          </span>
          <CopyButton small text={`${providerId}/${id}`} what={`${providerId}/${id}`} />
        </li>
      ))}
      {found.length > mostShown ? (
        <li className="p-3 text-soft">
          {formatCount(mostShown)} of {formatCount(found.length)} are shown; search to narrow them.
        </li>
      ) : null}
    </ul>
  );
}

function FactLine({ words }: { readonly words: string }) {
  return words === '' ? null : <span className="text-soft text-xs">{words}</span>;
}
