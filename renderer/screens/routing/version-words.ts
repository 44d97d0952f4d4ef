/** Where a version of the config came from, in words. Pure. */

const words: Readonly<Record<string, string>> = {
  'first-start': 'the first one',
  file: 'edited in its file',
  call: 'window or script',
  restore: 'a return',
};

/** A source that this page does not know is shown as the gateway calls it. */
export function sourceWords(source: string): string {
  return Object.hasOwn(words, source) ? (words[source] ?? source) : source;
}
