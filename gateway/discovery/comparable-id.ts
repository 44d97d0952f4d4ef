/** Makes model ids comparable over providers, who write the same model in their own ways. Pure. */
import { modelVersion } from '../money/prices/model-version.ts';

/** The id without what stands before its last slash or names its version, and in one spelling: `claude-sonnet-4-5`. */
export function comparableId(id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  const [plain = name] = name.split(':');
  return plain.replace(modelVersion, '').replaceAll(/[._]/g, '-');
}
