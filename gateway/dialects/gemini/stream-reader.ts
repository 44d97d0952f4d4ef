/** Listens beside a Gemini stream that passes through: whether it may be over, what it used, whether it failed. */
import type { Usage } from '../../chat/usage.ts';
import type { StreamReader } from '../dialect.ts';
import { type Fields, isFields } from '../json/fields.ts';
import { rawJson } from '../json/raw-json.ts';
import { errorWords } from './decode-stream-error.ts';
import { decodeUsage } from './usage.ts';

/** Any of these may stand in any chunk; most hold usage. */
const telling = /"(?:usageMetadata|finishReason|blockReason|error)"/;

/** Nothing says that a stream is over: it may end once every candidate has a reason to, and usage may still follow. */
export function createGeminiStreamReader(): StreamReader {
  const begun = new Set<unknown>();
  const finished = new Set<unknown>();
  let blocked = false;
  let usage: Usage | null = null;
  let rawUsageJson: string | null = null;
  let errorMessage: string | null = null;
  let errorIsSound = false;

  const note = (chunk: Fields): void => {
    const candidates: readonly unknown[] = Array.isArray(chunk['candidates']) ? chunk['candidates'] : [];
    for (const candidate of candidates) {
      if (!isFields(candidate)) continue;
      const { index = 0, finishReason } = candidate;
      begun.add(index);
      if (typeof finishReason === 'string' && finishReason !== '') finished.add(index);
    }
    if (isFields(chunk['promptFeedback']) && typeof chunk['promptFeedback']['blockReason'] === 'string') blocked = true;
    const decoded = decodeUsage(chunk['usageMetadata']);
    if (!decoded) return;
    usage = decoded;
    rawUsageJson = rawJson(chunk['usageMetadata']);
  };

  return {
    // A candidate without a reason begins unseen; its end does not.
    concerns: (block) => telling.test(block.toString('latin1')),
    read(data) {
      const chunk = parseObject(data);
      if (chunk === null) return 'pass';
      if (chunk['error']) {
        errorMessage = errorWords(chunk['error']);
        errorIsSound = isFields(chunk['error']);
        return 'error';
      }
      note(chunk);
      return 'pass';
    },
    get mayEnd() {
      return blocked || (finished.size > 0 && finished.size >= begun.size);
    },
    get usage() {
      return usage;
    },
    get rawUsageJson() {
      return rawUsageJson;
    },
    get errorMessage() {
      return errorMessage;
    },
    get errorIsSound() {
      return errorIsSound;
    },
  };
}

function parseObject(data: string): Fields | null {
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
