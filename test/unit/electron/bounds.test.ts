/** A window opens where a person can see and grasp it, whatever displays there are now. */
import { expect, test } from 'vitest';
import { placeWindow } from '../../../electron/bounds.ts';

const main = { x: 0, y: 25, width: 1_920, height: 1_055 };
const right = { x: 1_920, y: 0, width: 1_280, height: 1_024 };

test('a first window is centred on the main display', () => {
  expect(placeWindow(null, [main, right])).toEqual({ x: 360, y: 153, width: 1_200, height: 800 });
});

test.each([
  ['on the main display', { x: 100, y: 100, width: 1_000, height: 700 }],
  ['on the other display', { x: 2_000, y: 50, width: 1_100, height: 800 }],
  ['partly beyond the edge, still graspable', { x: -700, y: 40, width: 1_000, height: 700 }],
])('a window that was %s opens there again', (_where, saved) => {
  expect(placeWindow(saved, [main, right])).toEqual(saved);
});

test.each([
  ['a display that is gone', { x: 4_000, y: 100, width: 1_000, height: 700 }],
  ['a place whose title bar is above every display', { x: 100, y: -300, width: 1_000, height: 700 }],
  ['a place below every display', { x: 100, y: 1_070, width: 1_000, height: 700 }],
])('a window that was at %s is brought to the main display', (_where, saved) => {
  expect(placeWindow(saved, [main, right])).toEqual({ x: 460, y: 203, width: 1_000, height: 700 });
});

test('a window is never larger than its display nor smaller than its screens need', () => {
  expect(placeWindow({ x: 0, y: 25, width: 9_000, height: 9_000 }, [main])).toEqual(main);
  expect(placeWindow({ x: 0, y: 25, width: 10, height: 10 }, [main])).toMatchObject({ width: 900, height: 600 });
});
