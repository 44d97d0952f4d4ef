/** Where a person gets a key: a link in a browser; in the app, which opens no other page, an address to copy. */
import { ExternalLink } from 'lucide-react';
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { useDesktop } from '../../stores/desktop.ts';

export function KeyPage({ kind }: { readonly kind: ProviderKind }) {
  const inApp = useDesktop(({ desktop }) => desktop !== null);
  const { keyRequired, keyPageUrl } = providerKinds[kind];
  if (keyPageUrl === null) return keyRequired ? null : <span>Only if the server asks for one.</span>;
  if (inApp) {
    return (
      <span className="flex flex-wrap items-center gap-1">
        You get one at <span className="select-text font-mono text-xs wrap-anywhere">{keyPageUrl}</span>
        <CopyButton small text={keyPageUrl} what="the address of the key page" />
      </span>
    );
  }
  return (
    <a
      href={keyPageUrl}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
    >
      Get a key at {new URL(keyPageUrl).host}
      <ExternalLink aria-hidden className="size-3.5 shrink-0" />
    </a>
  );
}
