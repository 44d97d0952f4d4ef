/** What becomes of a model's options when a person edits them. Pure. */
import type { LocalModelOptions } from '../../../gateway/contract/local-engine/settings.ts';
import { modelSettings, type TypedTexts, typedValues } from '../../components/local-engine/typed-settings.ts';

/** The options after an edit; what was emptied is left out. */
export function editedOptions(before: LocalModelOptions, typed: TypedTexts): LocalModelOptions {
  const after = { ...before, ...typedValues(modelSettings, typed) };
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== undefined));
}
