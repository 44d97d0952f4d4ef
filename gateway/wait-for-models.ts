/** Waits for the lists of models that are on their way, as long as a request with an unknown name may. */
import type { ModelDirectory } from './discovery/model-directory.ts';

const longestWaitMs = 3_000;

/** Resolves when no list is being fetched any more, or after a bounded time. */
export async function waitForModels(directory: Pick<ModelDirectory, 'whenSettled'>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestWaitMs);
  });
  await Promise.race([directory.whenSettled(), waited]);
  clearTimeout(timer);
}
