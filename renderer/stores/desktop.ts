/** What the desktop shell said; null in a browser. */
import { create } from 'zustand';
import type { DesktopState } from '../../gateway/contract/desktop.ts';
import { type Desktop, findBridge, openDesktop } from '../desktop.ts';
import { applyTheme } from './theme.ts';

interface DesktopStore {
  readonly desktop: Desktop | null;
  readonly state: DesktopState | null;
}

export const useDesktop = create<DesktopStore>(() => ({ desktop: null, state: null }));

/** Finds the shell and follows what it says. @param openScreen shows the screen of an address */
export async function followDesktop(openScreen: (address: string) => void): Promise<void> {
  const desktop = await openDesktop(findBridge());
  if (!desktop) return;
  const take = (state: DesktopState) => {
    useDesktop.setState({ desktop, state });
    applyTheme(state.theme);
  };
  desktop.onStateChange(take);
  desktop.onOpenScreen(openScreen);
  take(await desktop.state());
}
