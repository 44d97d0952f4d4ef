/** What Home says of the local models in a few words. Pure. */
import type { EngineState } from '../../../gateway/contract/local-engine/engine.ts';
import type { LocalModel, Pull } from '../../../gateway/contract/local-engine/models.ts';
import { isAnswering } from '../../components/local-engine/engine-words.ts';

/** `3 models, 1 loaded, 2 on their way`; empty while nothing is known. */
export function localWords(engine: EngineState | null, models: readonly LocalModel[] | null, pulls: readonly Pull[]): string {
  const words: string[] = [];
  if (isAnswering(engine) && models) {
    words.push(models.length === 0 ? 'No model yet' : models.length === 1 ? '1 model' : `${models.length} models`);
    const loaded = models.filter((model) => model.loaded !== null).length;
    if (loaded > 0) words.push(`${loaded} loaded`);
  }
  const onTheirWay = pulls.filter(({ state }) => state !== 'done' && state !== 'failed').length;
  if (onTheirWay > 0) words.push(`${onTheirWay} on ${onTheirWay === 1 ? 'its' : 'their'} way`);
  return words.join(', ');
}
