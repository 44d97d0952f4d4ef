/** What stands in place of a list: nothing there yet, it could not be read, it is on its way. */
import { CircleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

interface EmptyNoticeProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** The next step. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyNotice({ icon: Icon, title, children, action }: EmptyNoticeProps) {
  return (
    <div className="m-auto grid max-w-md justify-items-center gap-2 p-6 text-center">
      <Icon aria-hidden className="size-6 text-soft" />
      <p className="font-medium text-base">{title}</p>
      <p className="text-soft">{children}</p>
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  );
}

interface ErrorNoticeProps {
  readonly title: string;
  readonly message: string;
  readonly onRetry?: (() => void) | undefined;
}

export function ErrorNotice({ title, message, onRetry }: ErrorNoticeProps) {
  return (
    <div role="alert" className="m-auto grid max-w-md justify-items-center gap-2 p-6 text-center">
      <CircleAlert aria-hidden className="size-6 text-bad" />
      <p className="font-medium text-base">{title}</p>
      <p className="text-soft wrap-anywhere">{message}</p>
      {onRetry ? (
        <Button onClick={onRetry} className="mt-2">
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** One sentence about what went wrong, beside what caused it. */
export function ErrorLine({ message }: { readonly message: string | null }) {
  if (message === null) return null;
  return (
    <p role="alert" className="flex items-start gap-2 rounded-md bg-bad-ground px-2 py-1.5 text-bad wrap-anywhere">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0">{message}</span>
    </p>
  );
}

/** Grey bars in the places of rows to come. */
export function SkeletonRows({ rows, className }: { readonly rows: number; readonly className?: string }) {
  return (
    <div aria-hidden className={classNames('grid content-start gap-4 p-3', className)}>
      {Array.from({ length: rows }, (_nothing, row) => (
        <div
          key={row}
          className={classNames(
            'h-4 animate-pulse rounded bg-line',
            row % 3 === 0 ? 'w-3/4' : row % 3 === 1 ? 'w-11/12' : 'w-2/3',
          )}
        />
      ))}
    </div>
  );
}
