/** Where the window opens: where it was, if a person could still see and grasp it there. Pure. */
import type { Bounds } from './settings.ts';

export const smallestWindow = { width: 900, height: 600 } as const;
const firstWindow = { width: 1_200, height: 800 } as const;
/** So much of the top edge must be on a display, in pixels. */
const graspable = { width: 160, height: 32 } as const;

/**
 * @param workAreas of the displays there are now, the main one first
 * @returns a place that is visible; never larger than its display
 */
export function placeWindow(saved: Bounds | null, workAreas: readonly Bounds[]): Bounds {
  const home = workAreas[0] ?? { x: 0, y: 0, ...firstWindow };
  if (saved) {
    const area = workAreas.find((candidate) => isGraspable(saved, candidate));
    if (area)
      return {
        ...saved,
        width: fit(saved.width, smallestWindow.width, area.width),
        height: fit(saved.height, smallestWindow.height, area.height),
      };
  }
  const wanted = saved ?? firstWindow;
  const width = fit(wanted.width, smallestWindow.width, home.width);
  const height = fit(wanted.height, smallestWindow.height, home.height);
  return {
    x: home.x + Math.round((home.width - width) / 2),
    y: home.y + Math.round((home.height - height) / 2),
    width,
    height,
  };
}

function fit(length: number, smallest: number, most: number): number {
  return Math.min(Math.max(length, smallest), most);
}

function isGraspable(window: Bounds, area: Bounds): boolean {
  const visible = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return visible >= graspable.width && window.y >= area.y && window.y + graspable.height <= area.y + area.height;
}
