/** Reads `cache_control`, which may stand on nearly everything of a request. */
import type { CacheMark } from '../../../chat/request.ts';
import { type Fields, isFields } from '../../json/fields.ts';

/** @returns the field to spread into a part or a tool; empty where there is no mark */
export function decodeCacheMark({ cache_control: control }: Fields): { readonly cache?: CacheMark } {
  if (!isFields(control) || control.type !== 'ephemeral') return {};
  return { cache: { ttl: control.ttl === '5m' || control.ttl === '1h' ? control.ttl : null } };
}
