/** The keys that work everywhere in the window. */
import { useEffect } from 'react';
import { navigate } from '../stores/route.ts';

const isMac = navigator.userAgent.includes('Mac OS');
export const modifierKey = isMac ? '⌘' : 'Ctrl';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** A question over the window hides the rest from assistive technology: nothing behind it may be reached by a key. */
function isAsking(): boolean {
  return document.getElementById('root')?.getAttribute('aria-hidden') === 'true';
}

/** Ctrl/Cmd-K opens the palette, Ctrl/Cmd-, the settings, `/` the screen's search or else the palette. */
export function useShortcuts(togglePalette: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const withModifier = isMac ? event.metaKey : event.ctrlKey;
      if (withModifier && event.key.toLowerCase() === 'k') togglePalette();
      else if (isAsking()) return;
      else if (withModifier && event.key === ',') navigate('/settings');
      else if (event.key === '/' && !withModifier && !event.altKey && !isTyping(event.composedPath()[0] ?? null))
        focusSearch(togglePalette);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [togglePalette]);
}

function focusSearch(togglePalette: () => void): void {
  const search = document.querySelector<HTMLElement>('main [data-search]');
  if (search) search.focus();
  else togglePalette();
}
