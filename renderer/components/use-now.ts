/** The present moment, told anew each second, but only while something on the screen counts. */
import { useEffect, useState } from 'react';

/** @returns milliseconds since 1970 */
export function useNow(active: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}
