/** From one request to all that are like it. */
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { Link } from '../../components/link.tsx';
import { requestStates } from '../../components/state-badge.tsx';
import { useRoute, withQuery } from '../../stores/route.ts';
import { SheetPart } from './facts.tsx';

export function FilterLinks({ detail }: { readonly detail: RequestDetail }) {
  const route = useRoute();
  const { state, provider, model, clientId, clientName } = detail;
  const links: [words: string, name: string, value: string][] = [[`state ${requestStates[state].word}`, 'state', state]];
  if (provider) links.push([`provider ${provider}`, 'provider', provider]);
  if (model) links.push([`model ${model}`, 'model', model]);
  if (clientId) links.push([`program ${clientName ?? clientId}`, 'client', clientId]);
  return (
    <SheetPart title="Show only">
      <ul className="flex flex-wrap gap-2">
        {links.map(([words, name, value]) => (
          <li key={name} className="max-w-full">
            <Link
              to={withQuery(route, { [name]: value })}
              className="block truncate rounded-full border border-line px-2 text-accent text-xs leading-6 hover:bg-accent-ground"
            >
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </SheetPart>
  );
}
