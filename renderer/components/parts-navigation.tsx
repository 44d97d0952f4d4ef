/** The parts of a screen as tabs, each with an address of its own. */
import { classNames } from './class-names.ts';
import { Link } from './link.tsx';

interface PartsNavigationProps<Part extends string> {
  readonly label: string;
  readonly parts: readonly (readonly [part: Part, label: string, count?: number])[];
  readonly active: Part;
  readonly addressOf: (part: Part) => string;
}

export function PartsNavigation<Part extends string>({ label, parts, active, addressOf }: PartsNavigationProps<Part>) {
  return (
    <nav aria-label={label} className="flex gap-1 border-line border-b">
      {parts.map(([name, words, count]) => (
        <Link
          key={name}
          to={addressOf(name)}
          aria-current={name === active ? 'page' : undefined}
          className={classNames(
            '-mb-px border-b-2 px-3 py-1.5 font-medium',
            name === active ? 'border-accent text-accent' : 'border-transparent text-soft hover:text-ink',
          )}
        >
          {words}
          {count ? <span className="ml-1.5 rounded-full bg-warn-ground px-1.5 text-warn text-xs">{count}</span> : null}
        </Link>
      ))}
    </nav>
  );
}
