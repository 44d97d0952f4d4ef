/** Where a person gets a key. */
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { OutsideLink } from '../../components/outside-link.tsx';
import { useDesktop } from '../../stores/desktop.ts';

export function KeyPage({ kind }: { readonly kind: ProviderKind }) {
  const inApp = useDesktop(({ desktop }) => desktop !== null);
  const { keyRequired, keyPageUrl } = providerKinds[kind];
  if (keyPageUrl === null) return keyRequired ? null : <span>Only if the server asks for one.</span>;
  return (
    <span className="flex min-w-0 max-w-full flex-wrap items-center gap-1">
      {inApp ? 'You get one at' : null}
      <OutsideLink url={keyPageUrl} what="the address of the key page">
        Get a key at {new URL(keyPageUrl).host}
      </OutsideLink>
    </span>
  );
}
