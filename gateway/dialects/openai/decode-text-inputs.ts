/** Reads what embeddings and legacy completions take: one text, several, or the same as token numbers. */
import type { EmbeddingInput } from '../../chat/embeddings.ts';
import { readText, refuse } from '../json/fields.ts';

/**
 * A flat list of numbers is one input; a list of texts or of number lists is several.
 * @throws GatewayError `bad-request`
 */
export function decodeTextInputs(value: unknown, field: string): readonly EmbeddingInput[] {
  if (!Array.isArray(value)) return [readText(value, field)];
  const list: readonly unknown[] = value;
  if (list.length === 0) refuse(field, 'must not be an empty list');
  if (list.every(isToken)) return [list];
  return list.map((each, index) => decodeTextInput(each, `${field}.${index}`));
}

function decodeTextInput(value: unknown, field: string): EmbeddingInput {
  if (typeof value === 'string') return value;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.length > 0 && list.every(isToken) ? list : refuse(field, 'must be text or a list of token numbers', 'invalid_type');
}

function isToken(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
