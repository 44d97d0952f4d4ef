/** The sign of a kind of provider: its letters on a ground of its own hue, the same in both themes. */
import type { ProviderKind } from '../../gateway/contract/config.ts';
import { providerKinds } from '../../gateway/contract/provider-kinds.ts';

/** White on this darkness reads well for every hue. */
const groundOf = (hue: number) => `hsl(${hue} 45% 30%)`;

export function ProviderSign({ kind }: { readonly kind: ProviderKind }) {
  const { monogram, hue } = providerKinds[kind];
  return (
    <span
      aria-hidden
      style={{ backgroundColor: groundOf(hue), color: '#fff' }}
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-md font-semibold text-xs"
    >
      {monogram}
    </span>
  );
}
