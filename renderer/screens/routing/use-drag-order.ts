/** Drags rows of a list into another order by their handles, by mouse, pen or finger. */
import { type PointerEvent, type RefObject, useState } from 'react';

export interface Drag {
  readonly from: number;
  /** Where it would land: its index once it is there. */
  readonly to: number;
}

interface DragOrder {
  readonly drag: Drag | null;
  /** What a row's handle needs. */
  handle(index: number): {
    onPointerDown(event: PointerEvent<HTMLElement>): void;
    onPointerMove(event: PointerEvent<HTMLElement>): void;
    onPointerUp(): void;
    onPointerCancel(): void;
  };
}

/** The index that a row has once it is dropped at a height: it passes every other row whose middle lies above. */
export function landingPlace(middles: readonly number[], from: number, height: number): number {
  return middles.filter((middle, index) => index !== from && middle < height).length;
}

/** Near the edge of what can be seen the list moves on under the pointer. */
function scrollAtEdge(rows: HTMLElement, height: number): void {
  const view = rows.closest('[role="region"]');
  if (!view) return;
  const { top, bottom } = view.getBoundingClientRect();
  if (height < top + edgePx) view.scrollBy(0, -stepPx);
  if (height > bottom - edgePx) view.scrollBy(0, stepPx);
}

const edgePx = 48;
const stepPx = 16;

/** @param rows the list whose children are the rows */
export function useDragOrder(rows: RefObject<HTMLElement | null>, onMove: (from: number, to: number) => void): DragOrder {
  const [drag, setDrag] = useState<Drag | null>(null);
  const middles = () =>
    [...(rows.current?.children ?? [])].map((row) => {
      const { top, height } = row.getBoundingClientRect();
      return top + height / 2;
    });
  return {
    drag,
    handle: (index) => ({
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: index, to: index });
      },
      onPointerMove(event) {
        if (!drag || !rows.current) return;
        scrollAtEdge(rows.current, event.clientY);
        setDrag({ from: drag.from, to: landingPlace(middles(), drag.from, event.clientY) });
      },
      onPointerUp() {
        if (drag && drag.from !== drag.to) onMove(drag.from, drag.to);
        setDrag(null);
      },
      onPointerCancel: () => setDrag(null),
    }),
  };
}
