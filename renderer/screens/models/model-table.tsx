/** The table of callable models. */
import { Split } from 'lucide-react';
import { classNames } from '../../components/class-names.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { unknown } from '../../components/formats.ts';
import type { CallableRow } from './callable-rows.ts';

const headCell = 'px-3 py-1.5 text-left font-normal text-soft whitespace-nowrap';
const cell = 'px-3 py-1';

export function ModelTable({ rows }: { readonly rows: readonly CallableRow[] }) {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Callable models"
      className="min-w-0 overflow-x-auto rounded-md border border-line bg-raised"
    >
      <table className="w-full min-w-[640px] table-fixed">
        <caption className="caption-bottom px-3 py-1.5 text-left text-soft text-xs">
          A program writes the name as its model. Prices are US dollars for a million tokens, input / output.
        </caption>
        <thead>
          <tr className="border-line border-b">
            <th scope="col" className={headCell}>
              Name
            </th>
            <th scope="col" className={classNames(headCell, 'hidden w-[120px] min-[1200px]:table-cell')}>
              Provider
            </th>
            <th scope="col" className={classNames(headCell, 'w-[72px] text-right!')}>
              Context
            </th>
            <th scope="col" className={classNames(headCell, 'w-[124px] text-right!')}>
              Price
            </th>
            <th scope="col" className={classNames(headCell, 'w-[116px] min-[1200px]:w-[240px]')}>
              Abilities
            </th>
            <th scope="col" className={classNames(headCell, 'w-[80px]')}>
              Source
            </th>
            <th scope="col" className="w-10">
              <span className="sr-only">Copy</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row: { name, provider, related, context, price, abilities, source } }: { readonly row: CallableRow }) {
  const relation = provider === null ? `leads to ${related.join(', ')}` : `also ${related.join(', ')}`;
  return (
    <tr data-model={name} className="border-line border-b last:border-b-0 hover:bg-ground">
      <th scope="row" className={classNames(cell, 'text-left font-normal')}>
        <span className="block truncate font-mono text-xs" title={name}>
          {name}
        </span>
        {related.length === 0 ? null : (
          <span className="flex items-center gap-1 text-soft text-xs" title={relation}>
            <Split aria-hidden className="size-3 shrink-0" />
            <span className="min-w-0 truncate">{relation}</span>
          </span>
        )}
      </th>
      <td className={classNames(cell, 'hidden truncate min-[1200px]:table-cell')} title={provider ?? undefined}>
        {provider ?? ''}
      </td>
      <td className={classNames(cell, 'text-right')}>{context === '' ? unknown : context}</td>
      <td className={classNames(cell, 'text-right', price === null && 'text-soft')}>{price ?? 'unknown'}</td>
      <td className={cell}>{abilities.join(', ')}</td>
      <td className={classNames(cell, 'truncate text-soft')} title={source}>
        {source}
      </td>
      <td className="px-1">
        <CopyButton small text={name} what={name} />
      </td>
    </tr>
  );
}
