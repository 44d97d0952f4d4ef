/** Holds saved searches to what the browser kept, whatever else it holds. */
import { expect, test, vi } from 'vitest';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, text: string) => kept.set(name, text),
});

const views = await import('../../../../renderer/stores/saved-views.ts');

test.each([null, 'nonsense', '{}', '[1,{"name":2,"query":"x"}]'])('of %j nothing is shown', (text) => {
  expect(views.readViews(text)).toEqual([]);
});

test('a view is kept, replaced under its name in its place, and removed; what another tab kept stays', () => {
  views.saveView({ name: 'dear', query: 'cost:>1' });
  kept.set(
    'gatehouse.request-views',
    JSON.stringify([...views.readViews([...kept.values()][0] ?? null), { name: 'other', query: 'a' }]),
  );
  views.saveView({ name: 'dear', query: 'cost:>2' });
  expect(views.useSavedViews.getState().views).toEqual([
    { name: 'dear', query: 'cost:>2' },
    { name: 'other', query: 'a' },
  ]);
  views.removeView('dear');
  expect(views.readViews([...kept.values()][0] ?? null)).toEqual([{ name: 'other', query: 'a' }]);
});
