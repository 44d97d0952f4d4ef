/** Reads something from the gateway for as long as it is shown, and keeps what was read until the next answer is there. */
import { useEffect, useState } from 'react';
import { messageOf } from './message-of.ts';

export interface Reading<T> {
  /** Null until the first answer, and when what is asked for is another thing. */
  readonly value: T | null;
  readonly error: string | null;
  /** Is an answer on its way? */
  readonly reading: boolean;
  retry(): void;
}

interface Answer<T> {
  readonly subject: string;
  readonly value: T | null;
  readonly error: string | null;
}

/**
 * @param subject what is asked for; null asks nothing. Another subject clears what is shown.
 * @param edition asks again when it changes, and shows the old answer until then
 */
export function useReading<T>(subject: string | null, edition: string | number, ask: () => Promise<T>): Reading<T> {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const [reading, setReading] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (subject === null) return undefined;
    let current = true;
    const take = (value: T | null, error: string | null) => {
      if (!current) return;
      setAnswer((before) => ({ subject, value: value ?? (before?.subject === subject ? before.value : null), error }));
      setReading(false);
    };
    setReading(true);
    ask().then(
      (value) => take(value, null),
      (failure: unknown) => take(null, messageOf(failure)),
    );
    return () => {
      current = false;
    };
    // `ask` is made anew with every drawing; subject and edition say when it asks for something else.
  }, [subject, edition, turn]);
  const shown = answer?.subject === subject ? answer : null;
  return { value: shown?.value ?? null, error: shown?.error ?? null, reading, retry: () => setTurn(turn + 1) };
}
