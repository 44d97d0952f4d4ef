/** The way to every screen. */
import { Search } from 'lucide-react';
import { classNames } from '../components/class-names.ts';
import { Link } from '../components/link.tsx';
import { useRoute } from '../stores/route.ts';
import { modifierKey } from './shortcuts.ts';
import { screenAt, screens } from './screens.ts';

export function Navigation({ onPalette }: { readonly onPalette: () => void }) {
  const active = screenAt(useRoute(({ path }) => path));
  return (
    <nav aria-label="Screens" className="flex min-h-0 flex-col gap-1 overflow-y-auto border-line border-r p-3">
      <p className="px-2 pt-1 pb-3 font-semibold text-base">Gatehouse</p>
      {screens.map(({ path, name, icon: Icon }) => (
        <Link
          key={path}
          to={path}
          aria-current={active?.path === path ? 'page' : undefined}
          className={classNames(
            'flex h-8 items-center gap-2 rounded-md px-2',
            active?.path === path ? 'bg-accent-ground font-medium text-accent' : 'hover:bg-sunken',
          )}
        >
          <Icon aria-hidden className="size-4" /> {name}
        </Link>
      ))}
      <button
        type="button"
        onClick={onPalette}
        className="mt-auto flex h-8 items-center gap-2 rounded-md px-2 text-soft hover:bg-sunken hover:text-ink"
      >
        <Search aria-hidden className="size-4" /> Commands
        <kbd className="ml-auto font-sans text-xs">{modifierKey} K</kbd>
      </button>
    </nav>
  );
}
