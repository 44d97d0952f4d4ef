/** Listens beside a Gemini stream that passes through: whether it may be over, what it used, whether it failed. */
import type { StreamReader, StreamStep } from '../../dialect.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { parseFields } from '../../json/parse.ts';
import { type Heard, listenToStream } from '../../stream-listener.ts';
import { errorWords } from '../decode-stream-error.ts';
import { decodeUsage } from '../usage.ts';

/** Any of these may stand in any chunk; most hold usage. A candidate without a reason begins unseen; its end does not. */
const telling = /"(?:usageMetadata|finishReason|blockReason|error)"/;

/** Nothing says that a stream is over: it may end once every candidate has a reason to, and usage may still follow. */
export function createGeminiStreamReader(): StreamReader {
  const begun = new Set<unknown>();
  const finished = new Set<unknown>();
  let blocked = false;

  const noteCandidates = (chunk: Fields): void => {
    const candidates: readonly unknown[] = Array.isArray(chunk['candidates']) ? chunk['candidates'] : [];
    for (const candidate of candidates) {
      if (!isFields(candidate)) continue;
      const { index = 0, finishReason } = candidate;
      begun.add(index);
      if (isReason(finishReason)) finished.add(index);
    }
    const { promptFeedback: feedback } = chunk;
    if (isFields(feedback) && isReason(feedback['blockReason'])) blocked = true;
  };

  const read = (data: string, _event: string | null, heard: Heard): StreamStep => {
    const chunk = parseFields(data);
    if (chunk === null) return 'pass';
    if (chunk['error']) {
      heard.errorMessage = errorWords(chunk['error']);
      heard.errorIsSound = isFields(chunk['error']);
      return 'error';
    }
    noteCandidates(chunk);
    keepUsage(chunk['usageMetadata'], heard);
    return 'pass';
  };

  return listenToStream({ telling, read, mayEnd: () => blocked || (finished.size > 0 && finished.size >= begun.size) });
}

/** Some write the word for none into every chunk. */
function isReason(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.endsWith('_REASON_UNSPECIFIED');
}

function keepUsage(raw: unknown, heard: Heard): void {
  const usage = decodeUsage(raw);
  if (usage) Object.assign(heard, { usage, rawUsage: raw });
}
