/** Counts over time as low bars above a list, a part of each in a second colour; dragging over them chooses a span. */
import { type PointerEvent, useRef, useState } from 'react';

export interface TimeBar {
  /** Milliseconds since 1970; the end is not included. */
  readonly startMs: number;
  readonly endMs: number;
  readonly amount: number;
  /** Of the amount, what is drawn in the second colour, at the bottom. */
  readonly part: number;
}

interface TimeBarsProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  /** In order, without gaps; at least one. */
  readonly bars: readonly TimeBar[];
  readonly colour: string;
  readonly partColour: string;
  /** Is told the bar under the pointer; null when there is none. */
  readonly onPoint: (bar: TimeBar | null) => void;
  readonly onSpan: (fromMs: number, toMs: number) => void;
}

interface Drag {
  readonly from: number;
  readonly to: number;
}

/** Which bars are dragged over, by their places; one alone where nothing is. */
function useDrag(bars: readonly TimeBar[], { onPoint, onSpan }: Pick<TimeBarsProps, 'onPoint' | 'onSpan'>) {
  const frame = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const placeOf = (event: PointerEvent): number => {
    const box = frame.current?.getBoundingClientRect();
    const share = box && box.width > 0 ? (event.clientX - box.left) / box.width : 0;
    const fromMs = bars[0]?.startMs ?? 0;
    const atMs = fromMs + share * ((bars.at(-1)?.endMs ?? 0) - fromMs);
    const place = bars.findIndex(({ endMs }) => atMs < endMs);
    return place < 0 ? bars.length - 1 : place;
  };
  const end = (event: PointerEvent) => {
    if (!drag) return;
    setDrag(null);
    const to = placeOf(event);
    const [first, last] = [bars[Math.min(drag.from, to)], bars[Math.max(drag.from, to)]];
    if (first && last) onSpan(first.startMs, last.endMs);
  };
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ from: placeOf(event), to: placeOf(event) });
    },
    onPointerMove: (event: PointerEvent) => {
      onPoint(bars[placeOf(event)] ?? null);
      if (drag) setDrag({ ...drag, to: placeOf(event) });
    },
    onPointerUp: end,
    onPointerCancel: () => setDrag(null),
    onPointerLeave: () => onPoint(null),
  };
  return { frame, drag, handlers };
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export function TimeBars({ label, bars, colour, partColour, onPoint, onSpan }: TimeBarsProps) {
  const { frame, drag, handlers } = useDrag(bars, { onPoint, onSpan });
  const fromMs = bars[0]?.startMs ?? 0;
  const lengthMs = Math.max(1, (bars.at(-1)?.endMs ?? 0) - fromMs);
  const most = Math.max(1, ...bars.map(({ amount }) => amount));
  const left = (atMs: number) => percent((atMs - fromMs) / lengthMs);
  const [first, last] = drag ? [bars[Math.min(drag.from, drag.to)], bars[Math.max(drag.from, drag.to)]] : [];
  return (
    <div
      ref={frame}
      role="img"
      aria-label={label}
      {...handlers}
      className="relative h-12 cursor-crosshair touch-none select-none overflow-hidden border-line border-b"
    >
      {bars.map(({ startMs, endMs, amount, part }) => (
        <div
          key={startMs}
          className="absolute bottom-0 flex h-full flex-col justify-end px-px hover:bg-accent-ground"
          style={{ left: left(startMs), width: percent((endMs - startMs) / lengthMs) }}
        >
          {/* What is there at all is seen, however little it is beside the rest. */}
          <Bar amount={amount - part} most={most} colour={colour} />
          <Bar amount={part} most={most} colour={partColour} />
        </div>
      ))}
      {first && last ? (
        <div
          aria-hidden
          className="absolute inset-y-0 border-accent border-x bg-accent opacity-25"
          style={{ left: left(first.startMs), width: percent((last.endMs - first.startMs) / lengthMs) }}
        />
      ) : null}
    </div>
  );
}

function Bar({ amount, most, colour }: { readonly amount: number; readonly most: number; readonly colour: string }) {
  if (amount === 0) return null;
  return <div className="min-h-0.5 shrink-0" style={{ height: percent((amount / most) * 0.94), backgroundColor: colour }} />;
}
