/** The list of prices as a table. */
import { CircleHelp } from 'lucide-react';
import type { ListedPrice } from '../../../gateway/contract/money/calls.ts';
import type { Price } from '../../../gateway/contract/money/price.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { formatRate } from '../../components/formats.ts';
import { sourceWords } from '../../components/money-words.ts';
import { OutsideLink } from '../../components/outside-link.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { extrasOf } from './price-form.ts';
import { extrasWords } from './price-words.ts';
import { figureCell, headCell, tableFrame } from './table-look.ts';

interface PriceTableProps {
  readonly items: readonly ListedPrice[];
  readonly onEdit: (listed: ListedPrice) => void;
}

const titles = ['Input', 'Cached', 'Output'] as const;

export function PriceTable({ items, onEdit }: PriceTableProps) {
  return (
    <div tabIndex={0} role="region" aria-label="Prices" className={tableFrame}>
      <table className="w-full min-w-[640px] table-fixed">
        <caption className="caption-bottom px-3 py-1.5 text-left text-soft text-xs">
          US dollars for a million tokens; cached input costs as input where nothing is said. A model’s other prices stand in its
          form.
        </caption>
        <thead>
          <tr className="border-line border-b">
            <th scope="col" className={classNames(headCell, 'text-left')}>
              Model
            </th>
            {titles.map((title) => (
              <th key={title} scope="col" className={classNames(headCell, 'w-[72px] px-2! text-right')}>
                {title}
              </th>
            ))}
            <th scope="col" className={classNames(headCell, 'w-[148px] text-left')}>
              By whom, as of
            </th>
            <th scope="col" className={classNames(headCell, 'w-[88px]')}>
              <span className="sr-only">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((listed) => (
            <PriceRow key={`${listed.provider}/${listed.model}`} listed={listed} onEdit={() => onEdit(listed)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PriceRow({ listed, onEdit }: { readonly listed: ListedPrice; readonly onEdit: () => void }) {
  const { provider, model, price } = listed;
  const name = `${provider}/${model}`;
  const extras = extrasWords(extrasOf(price));
  return (
    <tr data-price={name} className="border-line border-b last:border-b-0 hover:bg-ground">
      <th scope="row" className="px-3 py-1 text-left font-normal">
        <span className="block truncate" title={name}>
          {name}
        </span>
        {extras === '' ? null : (
          <span className="block truncate text-soft text-xs" title={extras}>
            {extras}
          </span>
        )}
      </th>
      {price === null ? (
        <td colSpan={4} className="px-3 py-1">
          <StateBadge tone="warn" word="Price unknown: its cost is in no sum" icon={CircleHelp} />
        </td>
      ) : (
        <Rates price={price} />
      )}
      <td className="px-2 py-1 text-right">
        <Button look={price === null ? 'plain' : 'quiet'} onClick={onEdit} aria-label={`Set the price of ${name}`}>
          {price === null ? 'Set' : 'Change'}
        </Button>
      </td>
    </tr>
  );
}

function Rates({ price: { rates, source, version, url } }: { readonly price: Price }) {
  const { inputPerMillionUsd: input, outputPerMillionUsd: output, cachedInputPerMillionUsd: cached } = rates;
  const isFree = source === 'local';
  const write = (usd: number | undefined) => (isFree ? 'free' : formatRate(usd));
  return (
    <>
      <td className={classNames(figureCell, 'px-2!')}>{write(input)}</td>
      <td
        className={classNames(figureCell, 'px-2!', cached === undefined && 'text-soft')}
        title={cached === undefined ? 'as input' : undefined}
      >
        {write(cached ?? input)}
      </td>
      <td className={classNames(figureCell, 'px-2!')}>{write(output)}</td>
      <td className="px-3 py-1 text-xs">
        <span className={classNames('block', source === 'config' && 'font-medium')}>{sourceWords[source]}</span>
        <span className="block truncate text-soft" title={version}>
          {url === null ? (
            version
          ) : (
            <OutsideLink short url={url} what="the address of the price">
              {version}
            </OutsideLink>
          )}
        </span>
      </td>
    </>
  );
}
