/** Light, dark, or as the system is. The shell keeps the choice; in a browser this page does. */
import { create } from 'zustand';
import type { ThemeChoice } from '../../gateway/contract/desktop.ts';
import type { Desktop } from '../desktop.ts';

const place = 'gatehouse-theme';
export const themeChoices: readonly { readonly id: ThemeChoice; readonly label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
];

export const useTheme = create<{ readonly choice: ThemeChoice }>(() => ({ choice: 'system' }));

/** Shows a theme without keeping it. */
export function applyTheme(choice: ThemeChoice): void {
  useTheme.setState({ choice });
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

/** Shows what this browser kept. Before the first paint, so that nothing flashes. */
export function applyKeptTheme(): void {
  const kept = localStorage.getItem(place);
  applyTheme(themeChoices.find(({ id }) => id === kept)?.id ?? 'system');
}

export async function chooseTheme(choice: ThemeChoice, desktop: Desktop | null): Promise<void> {
  applyTheme(choice);
  localStorage.setItem(place, choice);
  await desktop?.setTheme(choice);
}
