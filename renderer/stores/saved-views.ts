/** Searches that a person keeps by a name. This browser keeps them: they are how one person looks, not how the gateway works. */
import { create } from 'zustand';
import { isObject } from './json-value.ts';

export interface SavedView {
  readonly name: string;
  readonly query: string;
}

const place = 'gatehouse.request-views';
const mostViews = 100;

/** What a text that was kept holds; anything else in it is passed over. */
export function readViews(text: string | null): readonly SavedView[] {
  let kept: unknown = [];
  try {
    kept = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one: unknown): SavedView[] =>
    isObject(one) && typeof one.name === 'string' && typeof one.query === 'string' ? [{ name: one.name, query: one.query }] : [],
  );
}

/** A view of the same name is replaced in its place; a new one goes to the end. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  const place = views.findIndex(({ name }) => name === view.name);
  return place < 0 ? [...views, view].slice(-mostViews) : views.with(place, view);
}

export const useSavedViews = create<{ readonly views: readonly SavedView[] }>(() => ({
  views: readViews(localStorage.getItem(place)),
}));

/** Another tab may have changed them: what it kept is the beginning of every change. */
function change(edit: (views: readonly SavedView[]) => readonly SavedView[]): void {
  const views = edit(readViews(localStorage.getItem(place)));
  localStorage.setItem(place, JSON.stringify(views));
  useSavedViews.setState({ views });
}

/** @throws DOMException when the browser has no room for it */
export function saveView(view: SavedView): void {
  change((views) => withView(views, view));
}

/** @throws DOMException when the browser has no room for it */
export function removeView(name: string): void {
  change((views) => views.filter((view) => view.name !== name));
}
