/** Requests without anything to answer: Ollama loads the model for them, or with `keep_alive: 0` unloads it. */
import { isAbsent, isFields } from '../../json/fields.ts';
import { encodeTimestamp } from '../timestamps.ts';

/** Where each of the four requests has what shall be answered. */
const contentFields = ['prompt', 'messages', 'input'];

const zeroDuration = /^(?:0+(?:\.0*)?(?:ns|us|µs|ms|s|m|h)?)+$/;

/** @param body the parsed JSON of a chat, generate or embeddings request */
export function isLoadRequest(body: unknown): boolean {
  return isFields(body) && contentFields.every((name) => isEmpty(body[name]));
}

/** Does a load request ask for the opposite? */
export function isUnloadRequest(body: unknown): boolean {
  if (!isLoadRequest(body) || !isFields(body)) return false;
  return isZero(body['keep_alive']);
}

/** Is it no time at all, as a `keep_alive`? */
export function isZero(keepAlive: unknown): boolean {
  return keepAlive === 0 || (typeof keepAlive === 'string' && zeroDuration.test(keepAlive));
}

/** Answers a load request of `/api/generate`. Whole, whatever `stream` says: so does Ollama. */
export function encodeLoaded(model: string, createdAtSeconds: number, reason: 'load' | 'unload' = 'load') {
  return { model, created_at: encodeTimestamp(createdAtSeconds), response: '', done: true, done_reason: reason };
}

/** Answers a load request of `/api/chat`. */
export function encodeLoadedChat(model: string, createdAtSeconds: number, reason: 'load' | 'unload' = 'load') {
  const message = { role: 'assistant', content: '' };
  return { model, created_at: encodeTimestamp(createdAtSeconds), message, done: true, done_reason: reason };
}

function isEmpty(value: unknown): boolean {
  return isAbsent(value) || value === '' || (Array.isArray(value) && value.length === 0);
}
