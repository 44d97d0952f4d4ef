/** Where models come from: those that suit this machine, and a search over the catalog. */
import { SearchX } from 'lucide-react';
import { useState } from 'react';
import type { ModelAbility } from '../../../gateway/contract/local-engine/models.ts';
import { localModelNameRule } from '../../../gateway/contract/local-engine/patterns.ts';
import { inputLook, SearchField } from '../../components/field.tsx';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { useLocalEngine } from '../../stores/local-engine.ts';
import { type CatalogAnswer, useCatalog, useRecommended } from '../../stores/local-models.ts';
import { machineWords, searchedAbilities } from './local-model-words.ts';
import { CatalogEntry, PullByName, VariantRow } from './catalog-rows.tsx';

/** What was searched stays while a person looks at another screen. */
let kept: { readonly text: string; readonly ability: ModelAbility | null } = { text: '', ability: null };

export function GetModel() {
  const machine = useLocalEngine(({ engine }) => engine?.machine ?? null);
  const [search, setSearch] = useState(kept);
  const change = (changes: Partial<typeof kept>) => {
    kept = { ...search, ...changes };
    setSearch(kept);
  };
  return (
    <Section
      title="Get a model"
      aside={<span className="min-w-0 truncate text-soft">{machine ? machineWords(machine) : ''}</span>}
    >
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-40 max-w-80 flex-1">
          <SearchField main label="Search the catalog, or type a name" value={search.text} onValue={(text) => change({ text })} />
        </div>
        <select
          aria-label="What it must be able to do"
          value={search.ability ?? ''}
          onChange={(event) =>
            change({ ability: searchedAbilities.find(([ability]) => ability === event.target.value)?.[0] ?? null })
          }
          className={`${inputLook} w-36!`}
        >
          <option value="">Anything</option>
          {searchedAbilities.map(([ability, word]) => (
            <option key={ability} value={ability}>
              {word}
            </option>
          ))}
        </select>
      </div>
      {search.text.trim() === '' && search.ability === null ? <Recommended /> : <Found {...search} />}
    </Section>
  );
}

const frame = 'grid rounded-md border border-line bg-raised';

function Recommended() {
  const { value, error, retry } = useRecommended();
  if (value === null) {
    return (
      <div className={frame}>
        {error === null ? (
          <SkeletonRows rows={4} />
        ) : (
          <ErrorNotice title="What suits this machine could not be told" message={error} onRetry={retry} />
        )}
      </div>
    );
  }
  if (value.length === 0) {
    return (
      <div className={frame}>
        <EmptyNotice icon={SearchX} title="Nothing to recommend">
          This machine has too little memory for the models of the catalog; search for the smallest ones.
        </EmptyNotice>
      </div>
    );
  }
  return (
    <ul aria-label="Recommended for this machine" className={`${frame} divide-y divide-line`}>
      {value.map(({ purpose, description, variant }) => (
        <VariantRow key={purpose} variant={variant} purpose={purpose} description={description} />
      ))}
    </ul>
  );
}

function Found({ text, ability }: typeof kept) {
  const { value, error, retry } = useCatalog(text.trim(), ability);
  if (value === null) {
    return (
      <div className={frame}>
        {error === null ? (
          <SkeletonRows rows={4} />
        ) : (
          <ErrorNotice title="The catalog could not be searched" message={error} onRetry={retry} />
        )}
      </div>
    );
  }
  const name = text.trim();
  const isListed = value.items.some((item) => item.variants.some((variant) => variant.name === name));
  const mayBeName = localModelNameRule.pattern.test(name) && !isListed;
  return (
    <>
      <Results answer={value} />
      {mayBeName ? <PullByName name={name} /> : null}
      <p className="text-soft text-xs wrap-anywhere">
        The catalog comes with Gatehouse and is of {value.catalogDate}. Any model of Ollama’s library can be pulled by its name,
        and one of Hugging Face as hf.co/someone/model.
      </p>
    </>
  );
}

function Results({ answer: { items } }: { readonly answer: CatalogAnswer }) {
  if (items.length === 0) return <p className={`${frame} p-4 text-soft`}>Nothing in the catalog has these words.</p>;
  return (
    <ul aria-label="Found in the catalog" className={`${frame} divide-y divide-line`}>
      {items.map((item) => (
        <CatalogEntry key={item.name} item={item} />
      ))}
    </ul>
  );
}
