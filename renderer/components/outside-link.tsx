/** A page outside: a link in a browser; in the app, which opens no other page, an address to copy. */
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { useDesktop } from '../stores/desktop.ts';
import { CopyButton } from './copy-button.tsx';

interface OutsideLinkProps {
  /** Anything but a web address is shown as text: it may come from a provider. */
  readonly url: string;
  /** What is copied: `the address of the key page`. */
  readonly what: string;
  /** In place of the address, where it is a link. */
  readonly children?: ReactNode;
  /** Also in the app: the address itself is only copied. */
  readonly short?: boolean;
}

export function OutsideLink({ url, what, children, short = false }: OutsideLinkProps) {
  const inApp = useDesktop(({ desktop }) => desktop !== null);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return <span className="wrap-anywhere">{short ? children : url}</span>;
  if (inApp) {
    return (
      <span className="inline-flex max-w-full flex-wrap items-center gap-1">
        {short ? children : <span className="select-text font-mono text-xs wrap-anywhere">{url}</span>}
        <CopyButton small text={url} what={what} />
      </span>
    );
  }
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      className="inline-flex max-w-full items-center gap-1 text-accent underline underline-offset-2"
    >
      <span className="min-w-0 truncate">{children ?? new URL(url).host}</span>
      <ExternalLink aria-hidden className="size-3.5 shrink-0" />
    </a>
  );
}
