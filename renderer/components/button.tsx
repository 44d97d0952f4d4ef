/** Buttons: one that leads on, plain ones, quiet ones, and one that takes something away. */
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';

const looks = {
  primary: 'border-accent bg-accent text-accent-ink enabled:hover:brightness-110',
  plain: 'border-line bg-raised enabled:hover:border-edge',
  quiet: 'border-transparent bg-transparent text-soft enabled:hover:bg-sunken enabled:hover:text-ink',
  danger: 'border-bad bg-raised text-bad enabled:hover:bg-bad-ground',
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof looks;
  readonly icon?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement> | undefined;
}

export function Button({ look = 'plain', icon, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(
        'inline-flex h-8 shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-md border px-3 font-medium',
        'disabled:cursor-default disabled:border-line disabled:bg-sunken disabled:text-soft',
        looks[look],
        className,
      )}
    >
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, in words. */
  readonly label: string;
  readonly icon: ReactNode;
}

export function IconButton({ label, icon, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={classNames(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-soft enabled:hover:bg-sunken enabled:hover:text-ink disabled:cursor-default disabled:opacity-40',
        className,
      )}
    >
      {icon}
    </button>
  );
}
