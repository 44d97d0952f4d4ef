/** From one request to all that are like it. */
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { statusWords } from '../../../gateway/contract/requests/query-values.ts';
import type { QueryField } from '../../../gateway/contract/requests/query-terms.ts';
import { Link } from '../../components/link.tsx';
import { useRoute, withQuery } from '../../stores/route.ts';
import { SheetPart } from './facts.tsx';
import { queryText, toAddress, withField } from './query-address.ts';

export function FilterLinks({ detail }: { readonly detail: RequestDetail }) {
  const route = useRoute();
  const { state, provider, model, clientId, clientName, rule, task } = detail;
  const query = queryText(new URLSearchParams(route.query));
  const status = Object.entries(statusWords).find(([, states]) => states.length === 1 && states[0] === state)?.[0];
  const values: readonly [QueryField, string | null | undefined][] = [
    ['status', status],
    ['provider', provider],
    ['model', model],
    ['client', clientName ?? clientId],
    ['rule', rule],
    ['task', task],
  ];
  const links = values.flatMap(([field, value]) => (value ? [[field, value] as const] : []));
  return (
    <SheetPart title="Show only">
      <ul className="flex flex-wrap gap-2">
        {links.map(([field, value]) => (
          <li key={field} className="max-w-full">
            <Link
              to={withQuery(route, toAddress(withField(query, field, value)))}
              className="block truncate rounded-full border border-line px-2 text-accent text-xs leading-6 hover:bg-accent-ground"
            >
              {field} {value}
            </Link>
          </li>
        ))}
      </ul>
    </SheetPart>
  );
}
