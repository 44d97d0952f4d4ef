/** What a person does with the models of the local engine, and what is asked about them while it is shown. */
import type { CallArgument, CallOutput } from '../../gateway/contract/calls.ts';
import type { DiskUse, ModelAbility, RecommendedModel } from '../../gateway/contract/local-engine/models.ts';
import type { LocalModelOptions } from '../../gateway/contract/local-engine/settings.ts';
import { control } from '../control.ts';
import { readConfig, useGateway } from './gateway.ts';
import { localModelsChanged, useLocalEngine } from './local-engine.ts';
import { type Reading, useReading } from './use-reading.ts';

export type CatalogAnswer = CallOutput<'local-models.search'>;

/** @param keepAlive how long it stays; left out: as its options say. @throws CallError: such as too little memory */
export async function loadModel(model: string): Promise<void> {
  await control.call('local-models.load', { model });
  localModelsChanged();
}

/** @throws CallError */
export async function unloadModel(model: string): Promise<void> {
  await control.call('local-models.unload', { model });
  localModelsChanged();
}

/** @throws CallError */
export async function deleteModel(model: string): Promise<void> {
  await control.call('local-models.delete', { model });
  localModelsChanged();
}

/** @throws CallError: such as a name that is taken */
export async function copyModel(source: string, destination: string): Promise<void> {
  await control.call('local-models.copy', { source, destination });
  localModelsChanged();
}

/** @throws CallError: an option is refused by its field */
export async function setModelOptions(model: string, options: LocalModelOptions): Promise<void> {
  await control.call('local-models.set-options', { model, options });
  localModelsChanged();
  await readConfig();
}

/** What changes the answers about models: those that are there, and which engine has them. */
function useModelsEdition(): string {
  return useLocalEngine(({ edition, engine }) => `${edition} ${engine?.baseUrl ?? ''}`);
}

export function useDiskUse(): Reading<DiskUse> {
  // What is unfinished is another with every pull that begins or ends.
  const pulls = useLocalEngine((state) => state.pulls?.map(({ model, state: standing }) => `${model} ${standing}`).join() ?? '');
  const isThere = useLocalEngine(({ engine }) => typeof engine?.baseUrl === 'string');
  return useReading(isThere ? 'disk' : null, `${useModelsEdition()} ${pulls}`, () => control.call('local-models.disk', {}));
}

export function useRecommended(): Reading<readonly RecommendedModel[]> {
  return useReading('recommended', useModelsEdition(), async () => (await control.call('local-models.recommended', {})).items);
}

/** @param ability null for any */
export function useCatalog(text: string, ability: ModelAbility | null): Reading<CatalogAnswer> {
  const ask: CallArgument<'local-models.search'> = ability === null ? { text } : { text, ability };
  return useReading('catalog', `${useModelsEdition()} ${JSON.stringify(ask)}`, () => control.call('local-models.search', ask));
}

/** The newest lines of an own engine's log. */
export function useEngineLog(limit: number): Reading<CallOutput<'engine.log'>> {
  const lastLines = useLocalEngine(({ engine }) => engine?.logTail.at(-1) ?? '');
  const connected = useGateway(({ connection }) => connection.state);
  return useReading('log', `${limit} ${connected} ${lastLines}`, () => control.call('engine.log', { limit }));
}
