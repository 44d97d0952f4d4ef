/** A growing answer as something to be read in turn: line by line, until it ends or nobody reads on. */
import type { Following, Json } from './ask-ollama.ts';

/** @param begin asks for it @throws OllamaError as it breaks off */
export async function* followLines(begin: (take: (line: Json) => void) => Following): AsyncGenerator<Json> {
  const lines: Json[] = [];
  let wake = (): void => undefined;
  let hasEnded = false;
  let failure: { readonly error: unknown } | null = null;
  const following = begin((line) => {
    lines.push(line);
    wake();
  });
  following.ended
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => {
      hasEnded = true;
      wake();
    });
  try {
    for (;;) {
      yield* lines.splice(0);
      if (hasEnded && lines.length === 0) break;
      if (lines.length === 0) await new Promise<void>((resolve) => void (wake = resolve));
    }
  } finally {
    following.stop();
  }
  const { error } = (failure as { readonly error: unknown } | null) ?? {};
  if (failure !== null) throw error;
}
