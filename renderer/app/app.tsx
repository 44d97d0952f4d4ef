/** The frame of the window: navigation, the screen, the status bar. */
import { Suspense, useCallback, useEffect, useState } from 'react';
import { SkeletonRows } from '../components/notice.tsx';
import { useRoute } from '../stores/route.ts';
import { Navigation } from './navigation.tsx';
import { Palette } from './palette.tsx';
import { ScreenBoundary } from './screen-boundary.tsx';
import { screenAt } from './screens.ts';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './status-bar.tsx';
import { TokenDialog } from './token-dialog.tsx';

export function App() {
  const [paletteOpen, setPaletteOpen] = useState(false);
  const togglePalette = useCallback(() => setPaletteOpen((isOpen) => !isOpen), []);
  useShortcuts(togglePalette);
  const screen = screenAt(useRoute(({ path }) => path));
  const name = screen?.name ?? '';
  useEffect(() => {
    document.title = name === '' ? 'Gatehouse' : `${name} – Gatehouse`;
  }, [name]);
  const Screen = screen?.component;
  return (
    <div className="grid h-full grid-cols-[184px_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_32px]">
      <Navigation onPalette={togglePalette} />
      <main className="relative min-h-0 min-w-0 overflow-y-auto">
        <ScreenBoundary key={name}>
          <Suspense fallback={<SkeletonRows rows={6} className="p-6" />}>{Screen ? <Screen /> : null}</Suspense>
        </ScreenBoundary>
      </main>
      <StatusBar />
      <Palette open={paletteOpen} onClose={() => setPaletteOpen(false)} />
      <TokenDialog />
    </div>
  );
}
