/** A titled part of a screen, and the screen's own title. */
import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Section({ title, aside, children, className }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classNames('grid min-w-0 content-start gap-2', className)}>
      <div className="flex min-h-8 items-center justify-between gap-4">
        <h2 id={id} className="font-semibold text-base">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

export function ScreenTitle({ children }: { readonly children: ReactNode }) {
  return <h1 className="font-semibold text-lg">{children}</h1>;
}
