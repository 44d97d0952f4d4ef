/** Where a version of the config came from, in words. Pure. */

const words: Readonly<Record<string, string>> = {
  'first-start': 'the first one',
  file: 'edited in its file',
  call: 'saved in a window or by a script',
  restore: 'returned to an earlier one',
};

/** A source that this page does not know is shown as the gateway calls it. */
export function sourceWords(source: string): string {
  return Object.hasOwn(words, source) ? (words[source] ?? source) : source;
}
