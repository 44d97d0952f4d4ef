/** The price list: what each model costs, who says so and as of when; one's own prices, and old costs computed anew. */
import { CircleHelp, History, Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import type { ListedPrice } from '../../../gateway/contract/money/calls.ts';
import { Button } from '../../components/button.tsx';
import { inputLook, SearchField } from '../../components/field.tsx';
import { formatCount } from '../../components/formats.ts';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { usePrices } from '../../stores/prices.ts';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { PriceDialog } from './price-dialog.tsx';
import { PriceTable } from './price-table.tsx';
import { findPrices, lacksPrice, type Show, shows } from './price-words.ts';
import { RepriceDialog } from './reprice-dialog.tsx';

const showWords: Readonly<Record<Show, string>> = { all: 'All models', unknown: 'Price unknown', own: 'Your own prices' };
const pageSize = 100;

type Asked = { readonly what: 'price'; readonly listed: ListedPrice | null } | { readonly what: 'reprice' };

export function PricesView() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [search, setSearch] = useState('');
  const prices = usePrices();
  const wanted = useQuery().get('show');
  const show = shows.find((one) => one === wanted) ?? 'all';
  const close = () => setAsked(null);
  return (
    <div className="grid content-start gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <select
          aria-label="Which prices"
          value={show}
          onChange={(event) => navigate(withQuery(useRoute.getState(), { show: event.target.value }), { replace: true })}
          className={`${inputLook} w-40!`}
        >
          {shows.map((one) => (
            <option key={one} value={one}>
              {showWords[one]}
            </option>
          ))}
        </select>
        <div className="min-w-40 max-w-72 flex-1">
          <SearchField main label="Search models" value={search} onValue={setSearch} />
        </div>
        <span className="ml-auto flex gap-2">
          <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAsked({ what: 'price', listed: null })}>
            Own price
          </Button>
          <Button icon={<History aria-hidden className="size-4" />} onClick={() => setAsked({ what: 'reprice' })}>
            Re-price old requests
          </Button>
        </span>
      </div>
      <Body prices={prices} search={search} show={show} onEdit={(listed) => setAsked({ what: 'price', listed })} />
      {asked?.what === 'price' ? <PriceDialog listed={asked.listed} onClose={close} /> : null}
      {asked?.what === 'reprice' ? <RepriceDialog onClose={close} /> : null}
    </div>
  );
}

interface BodyProps {
  readonly prices: ReturnType<typeof usePrices>;
  readonly search: string;
  readonly show: Show;
  readonly onEdit: (listed: ListedPrice) => void;
}

function Body({ prices: { value, error, retry }, search, show, onEdit }: BodyProps) {
  const [pages, setPages] = useState(1);
  if (value === null) {
    return (
      <div className="grid min-h-64 rounded-md border border-line bg-raised">
        {error === null ? (
          <SkeletonRows rows={8} />
        ) : (
          <ErrorNotice title="The prices could not be read" message={error} onRetry={retry} />
        )}
      </div>
    );
  }
  const found = findPrices(value, search, show);
  const unknownCount = value.filter(lacksPrice).length;
  return (
    <>
      <ErrorLine message={error === null ? null : `The prices could not be read anew: ${error}`} />
      {unknownCount === 0 || show === 'unknown' ? null : (
        <p className="flex items-center gap-2 rounded-md bg-warn-ground px-3 py-1.5">
          <CircleHelp aria-hidden className="size-4 shrink-0 text-warn" />
          {unknownCount === 1
            ? 'Nobody knows the price of 1 model, or only a part: what it costs is in no sum until you set it.'
            : `Nobody knows the prices of ${formatCount(unknownCount)} models, or only a part: what they cost is in no sum until you set them.`}
        </p>
      )}
      {found.length === 0 ? (
        <div className="grid min-h-64 rounded-md border border-line bg-raised">
          <EmptyNotice icon={SearchX} title={value.length === 0 ? 'No model is known yet' : 'No model fits'}>
            {value.length === 0
              ? 'Prices appear with the models that your providers list, and with those that are asked.'
              : 'Search by a part of its name, or look at all models.'}
          </EmptyNotice>
        </div>
      ) : (
        <PriceTable items={found.slice(0, pages * pageSize)} onEdit={onEdit} />
      )}
      {found.length <= pages * pageSize ? null : (
        <Button onClick={() => setPages(pages + 1)} className="justify-self-center">
          Show more ({formatCount(found.length - pages * pageSize)} left)
        </Button>
      )}
    </>
  );
}
