/** Tells of changes a few times a second, however often they come: the first at once, the last for sure. */

export interface FewTimes {
  (): void;
  /** Nothing is told any more. */
  stop(): void;
}

/** @param everyMs at most once in so long */
export function fewTimes(everyMs: number, tell: () => void): FewTimes {
  let timer: NodeJS.Timeout | null = null;
  let isDue = false;
  let isStopped = false;
  const call = (): void => {
    if (isStopped) return;
    if (timer) {
      isDue = true;
      return;
    }
    timer = setTimeout(() => {
      timer = null;
      if (!isDue) return;
      isDue = false;
      call();
    }, everyMs).unref();
    tell();
  };
  return Object.assign(call, {
    stop: () => {
      isStopped = true;
      if (timer) clearTimeout(timer);
    },
  });
}
