/** Providers: where answers come from. A list to the left, one of them, or a new one, to the right. */
import { useEffect } from 'react';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { readConfig, useGateway } from '../../stores/gateway.ts';
import { checkProvider, useProviders } from '../../stores/providers.ts';
import { useQuery } from '../../stores/route.ts';
import { PlugZap } from 'lucide-react';
import { AddProvider } from './add-provider.tsx';
import { ProviderList } from './provider-list.tsx';
import { ProviderPane } from './provider-pane.tsx';

/** Asks every provider that was not asked yet, one after the other; the question costs nothing. */
function useFirstChecks(providers: readonly ProviderConfig[] | undefined): void {
  const unasked = providers
    ?.filter(({ enabled }) => enabled)
    .map(({ id }) => id)
    .join('\n');
  useEffect(() => {
    let current = true;
    const checkAll = async (ids: readonly string[]) => {
      for (const id of ids) if (current && !useProviders.getState().facts[id]) await checkProvider(id);
    };
    if (unasked) void checkAll(unasked.split('\n'));
    return () => {
      current = false;
    };
  }, [unasked]);
}

function Pane({ providers }: { readonly providers: readonly ProviderConfig[] }) {
  const query = useQuery();
  if (query.has('add')) return <AddProvider />;
  const wanted = query.get('id');
  const provider = wanted === null ? providers[0] : providers.find(({ id }) => id === wanted);
  if (provider) return <ProviderPane key={provider.id} provider={provider} />;
  return (
    <EmptyNotice icon={PlugZap} title={wanted === null ? 'No provider yet' : 'This provider is gone'}>
      {wanted === null
        ? 'Add one: a service with your key, or a server on this machine.'
        : 'Choose another from the list, or add one.'}
    </EmptyNotice>
  );
}

export function ProvidersScreen() {
  const config = useGateway((state) => state.config);
  const error = useGateway((state) => state.error);
  const providers = config?.effective.providers;
  const query = useQuery();
  useFirstChecks(providers);
  if (!providers) {
    return error ? (
      <ErrorNotice title="The providers could not be read" message={error} onRetry={() => void readConfig()} />
    ) : (
      <SkeletonRows rows={8} className="p-6" />
    );
  }
  return (
    <div className="grid h-full min-h-0 grid-cols-[264px_minmax(0,1fr)]">
      <ProviderList providers={providers} />
      {/* Scrolls by itself, so it can be reached by keyboard; what is shown anew begins at its top. Positioned, so that
          what only a screen reader sees scrolls with it instead of making the whole screen longer. */}
      <div
        key={`${query.get('add') ?? ''} ${query.get('id') ?? ''}`}
        tabIndex={0}
        role="region"
        aria-label="Provider"
        className="relative min-h-0 overflow-y-auto p-6 focus-visible:-outline-offset-2"
      >
        <Pane providers={providers} />
      </div>
    </div>
  );
}
