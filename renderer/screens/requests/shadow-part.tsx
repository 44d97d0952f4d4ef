/** The copy that went to another target, beside the answer that the program got. */
import type { RequestDetail, ShadowRecord } from '../../../gateway/contract/records.ts';
import { formatCost, formatCount, formatDuration, formatUsage, unknown } from '../../components/formats.ts';
import { overBoundWords } from './cost-words.ts';
import { SheetPart } from './facts.tsx';

export function ShadowPart({ detail }: { readonly detail: RequestDetail }) {
  const { shadow } = detail;
  if (!shadow) return null;
  const rows: readonly (readonly [name: string, original: string, copy: string])[] = [
    ['Status', statusOf(detail.status), statusOf(shadow.status)],
    ['Duration', formatDuration(detail.durationMs), formatDuration(shadow.durationMs)],
    ['First token', formatDuration(detail.firstTokenMs), formatDuration(shadow.firstTokenMs)],
    ['Tokens', formatUsage(detail.usage), formatUsage(shadow.usage)],
    ['Cost', formatCost(detail.costUsd, detail.costBasis), formatCost(shadow.costUsd, shadow.costBasis)],
    ['Text', unknown, textOf(shadow)],
  ];
  const original = detail.provider === null ? 'The answer' : `${detail.provider}/${detail.model ?? ''}`;
  return (
    <SheetPart title="Shadow">
      <p className="text-soft wrap-anywhere">
        The rule “{shadow.rule}” sent a copy to {shadow.target} after the answer, to compare. The program never saw it. Its cost
        is not in the request’s, and no key pays for it.
      </p>
      <table className="w-full table-fixed text-left">
        <thead>
          <tr className="border-line border-b text-soft">
            <th scope="col" className="w-24 py-1 font-normal">
              <span className="sr-only">What</span>
            </th>
            <th scope="col" className="py-1 pr-2 font-normal wrap-anywhere">
              {original}
            </th>
            <th scope="col" className="py-1 font-normal wrap-anywhere">
              {shadow.target}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows
            .filter(([, one, other]) => one !== unknown || other !== unknown)
            .map(([name, one, other]) => (
              <tr key={name} className="border-line border-b last:border-b-0">
                <th scope="row" className="py-1 font-normal text-soft">
                  {name}
                </th>
                <td className="py-1 pr-2 wrap-anywhere">{one}</td>
                <td className="py-1 wrap-anywhere">{other}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {shadow.overBound ? <p className="rounded-md bg-bad-ground px-2 py-1.5 text-bad">{overBoundWords}</p> : null}
      {shadow.errorMessage === null ? null : <p className="text-bad wrap-anywhere">The copy failed: {shadow.errorMessage}</p>}
    </SheetPart>
  );
}

const statusOf = (status: number | null): string => (status === null ? 'no answer' : String(status));
const textOf = ({ textLength }: ShadowRecord): string =>
  textLength === null ? unknown : `${formatCount(textLength)} characters`;
