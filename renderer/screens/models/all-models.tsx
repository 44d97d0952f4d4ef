/** One table of everything that a program may ask for, found by name, alias or ability. */
import { Boxes, SearchX } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { inputLook, SearchField } from '../../components/field.tsx';
import { formatCount } from '../../components/formats.ts';
import { Link } from '../../components/link.tsx';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { readConfig, useGateway } from '../../stores/gateway.ts';
import { type Listed, useListedModels } from '../../stores/listed-models.ts';
import { useLocalEngine } from '../../stores/local-engine.ts';
import { usePrices } from '../../stores/prices.ts';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { type CallableRow, callableRows, findCallable } from './callable-rows.ts';
import { ModelTable } from './model-table.tsx';

const pageSize = 100;
type Lists = Readonly<Record<string, Listed>>;

function useRows(lists: Lists): readonly CallableRow[] {
  const aliases = useGateway((state) => state.config?.effective.aliases);
  const provider = useLocalEngine(({ engine }) => engine?.providerId ?? null);
  const models = useLocalEngine((state) => state.models);
  const prices = usePrices().value;
  return useMemo(
    () =>
      callableRows({
        aliases: aliases ?? {},
        lists,
        prices: prices ?? [],
        local: provider === null || models === null ? null : { provider, models },
      }),
    [aliases, lists, prices, provider, models],
  );
}

export function AllModels() {
  const config = useGateway((state) => state.config);
  const error = useGateway((state) => state.error);
  const lists = useListedModels();
  const rows = useRows(lists);
  const [search, setSearch] = useState('');
  const wanted = useQuery().get('provider');
  const provider = wanted !== null && Object.hasOwn(lists, wanted) ? wanted : null;
  if (config === null) {
    return error === null ? (
      <SkeletonRows rows={8} />
    ) : (
      <ErrorNotice title="The models could not be read" message={error} onRetry={() => void readConfig()} />
    );
  }
  const found = findCallable(rows, search, provider);
  return (
    <div className="grid content-start gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <select
          aria-label="Which provider"
          value={provider ?? ''}
          onChange={(event) =>
            navigate(withQuery(useRoute.getState(), { provider: event.target.value || null }), { replace: true })
          }
          className={`${inputLook} w-44!`}
        >
          <option value="">All providers</option>
          {Object.keys(lists).map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
        <div className="min-w-40 max-w-72 flex-1">
          <SearchField main label="Search names, aliases and abilities" value={search} onValue={setSearch} />
        </div>
        <span role="status" className="ml-auto text-soft">
          {found.length === 1 ? '1 name' : `${formatCount(found.length)} names`}
        </span>
      </div>
      <Unlisted lists={lists} />
      <Rows rows={found} known={rows.length > 0} asked={Object.keys(lists).length > 0} />
    </div>
  );
}

/** Does the config name a provider? The local engine's may stand in no config. */
function useIsNamed(): (provider: string) => boolean {
  const providers = useGateway((state) => state.config?.effective.providers);
  return (provider) => providers?.some(({ id }) => id === provider) ?? false;
}

/** Providers that could not be asked: their models are missing below, or may be older ones. */
function Unlisted({ lists }: { readonly lists: Lists }) {
  const isNamed = useIsNamed();
  const failed = Object.entries(lists).filter(([, { error }]) => error !== null);
  if (failed.length === 0) return null;
  return (
    <ul aria-label="Providers that could not be asked" className="grid gap-1 rounded-md bg-warn-ground px-3 py-1.5">
      {failed.map(([id, { error }]) => (
        <li key={id} className="wrap-anywhere">
          <Link
            to={isNamed(id) ? `/providers?id=${encodeURIComponent(id)}` : '/models?view=local'}
            className="font-medium text-accent underline underline-offset-2"
          >
            {id}
          </Link>{' '}
          could not tell its models: {error}
        </li>
      ))}
    </ul>
  );
}

interface RowsProps {
  readonly rows: readonly CallableRow[];
  /** Is there anything without the search? */
  readonly known: boolean;
  /** Has any provider answered? */
  readonly asked: boolean;
}

function Rows({ rows, known, asked }: RowsProps) {
  const [pages, setPages] = useState(1);
  if (rows.length === 0) {
    return (
      <div className="grid min-h-64 rounded-md border border-line bg-raised">
        {known || asked ? <NothingFound known={known} /> : <SkeletonRows rows={8} />}
      </div>
    );
  }
  const left = rows.length - pages * pageSize;
  return (
    <>
      <ModelTable rows={rows.slice(0, pages * pageSize)} />
      {left <= 0 ? null : (
        <Button onClick={() => setPages(pages + 1)} className="justify-self-center">
          Show more ({formatCount(left)} left)
        </Button>
      )}
    </>
  );
}

function NothingFound({ known }: { readonly known: boolean }) {
  if (known) {
    return (
      <EmptyNotice icon={SearchX} title="No model fits">
        Search by a part of its name, by an alias, or by an ability such as tools.
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice
      icon={Boxes}
      title="No model yet"
      action={
        <span className="flex gap-4">
          <Link to="/models?view=local" className="font-medium text-accent underline underline-offset-2">
            Get a local model
          </Link>
          <Link to="/providers?add=1" className="font-medium text-accent underline underline-offset-2">
            Add a provider
          </Link>
        </span>
      }
    >
      Models come from providers with your key, or from this machine.
    </EmptyNotice>
  );
}
