/** What a request cost: on what the figure stands, the price it was computed by, its parts, and what was saved and held back. */
import { countSent } from '../../../gateway/contract/attempts.ts';
import type { Price } from '../../../gateway/contract/money/price.ts';
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { formatCost, formatCount, formatRate, formatUsd, formatUsdExactly } from '../../components/formats.ts';
import { basisWords, sourceWords, wordsOfRate } from '../../components/money-words.ts';
import { OutsideLink } from '../../components/outside-link.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { heldWords, overBoundWords } from './cost-words.ts';
import { type Fact, Facts, SheetPart } from './facts.tsx';

export function CostPart({ detail }: { readonly detail: RequestDetail }) {
  const { costUsd, costBasis, costLines, price, overBound } = detail;
  if (detail.state === 'started') {
    return (
      <SheetPart title="Cost">
        <p className="text-soft">It is known once the request has ended.</p>
      </SheetPart>
    );
  }
  const written = formatCost(costUsd, costBasis);
  const exact = costUsd === null || costUsd === 0 ? written : formatUsdExactly(costUsd);
  return (
    <SheetPart title="Cost">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <strong className="font-semibold text-base">{written}</strong>
        {written.endsWith(exact) ? null : <span className="text-soft">{exact}</span>}
      </p>
      {costBasis === 'unknown' ? <StateBadge tone="warn" word="Not in any sum: its cost is unknown" /> : null}
      <p className="text-soft">{basisWords[costBasis]}.</p>
      {overBound ? <p className="rounded-md bg-bad-ground px-2 py-1.5 text-bad">{overBoundWords}</p> : null}
      {costLines.length === 0 ? null : <Lines detail={detail} />}
      {price === null ? null : <PriceUsed price={price} />}
      <Facts facts={moneyFacts(detail)} />
    </SheetPart>
  );
}

function Lines({ detail: { costLines, costUsd, attemptList } }: { readonly detail: RequestDetail }) {
  const sum = costLines.reduce((total, { usd }) => total + usd, 0);
  const rest = costUsd === null ? 0 : costUsd - sum;
  // Below a nano-dollar it is the sum's own rounding.
  const hasRest = Math.abs(rest) >= 1e-9;
  return (
    <table aria-label="Parts of the cost" className="w-full text-right">
      <thead>
        <tr className="border-line border-b text-soft">
          <th scope="col" className="py-1 text-left font-normal">
            What
          </th>
          <th scope="col" className="py-1 font-normal">
            Quantity
          </th>
          <th scope="col" className="py-1 font-normal">
            Rate
          </th>
          <th scope="col" className="py-1 font-normal">
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        {costLines.map(({ rate, quantity, rateUsd, usd }) => {
          const { label, per } = wordsOfRate(rate);
          return (
            <tr key={rate} className="border-line border-b">
              <th scope="row" className="py-1 pr-2 text-left font-normal wrap-anywhere">
                {label}
              </th>
              <td className="py-1 pl-2">{formatCount(quantity)}</td>
              <td className="py-1 pl-2">
                {formatRate(rateUsd)}
                {per === 1 ? '' : ' / M'}
              </td>
              <td className="py-1 pl-2">{formatUsdExactly(usd)}</td>
            </tr>
          );
        })}
        {hasRest ? (
          <tr className="border-line border-b">
            <th scope="row" colSpan={3} className="py-1 pr-2 text-left font-normal">
              {countSent(attemptList) > 1 ? 'Other attempts, and what they may have billed' : 'Minimum, or other charges'}
            </th>
            <td className="py-1 pl-2">{formatUsdExactly(rest)}</td>
          </tr>
        ) : null}
      </tbody>
      <tfoot>
        <tr className="font-medium">
          <th scope="row" colSpan={3} className="py-1 text-left font-medium">
            Total
          </th>
          <td className="py-1 pl-2">{formatUsdExactly(costUsd ?? sum)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function PriceUsed({ price: { source, version, url } }: { readonly price: Price }) {
  return (
    <p className="text-soft wrap-anywhere">
      Price: {sourceWords[source]}, {version}
      {url === null ? '.' : ': '}
      {url === null ? null : <OutsideLink url={url} what="the address of the price" />}
    </p>
  );
}

function moneyFacts(detail: RequestDetail): readonly Fact[] {
  const { cacheSavedUsd, localSavedUsd, task } = detail;
  const facts: Fact[] = [];
  if (cacheSavedUsd !== 0) facts.push(['Cache saved', formatUsd(cacheSavedUsd)]);
  if (localSavedUsd !== 0) facts.push(['Local saved', `${formatUsd(localSavedUsd)} beside the model it is compared with`]);
  facts.push(['Held back', heldWords(detail)]);
  if (task !== null) facts.push(['Task', task]);
  return facts;
}
