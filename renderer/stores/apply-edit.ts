/** Applies a person's edit to the config document that is shown. */
import { CallError } from '../../gateway/contract/call-error.ts';
import type { ProviderConfig } from '../../gateway/contract/config.ts';
import { control } from '../control.ts';
import type { ConfigDocument } from './edit-providers.ts';
import { readConfig, useGateway } from './gateway.ts';

/** @param running the providers that are in force, where the document names none */
export type Edit = (document: ConfigDocument, running: readonly ProviderConfig[]) => ConfigDocument;

/** @throws CallError; after a `conflict` the newer document is shown */
export async function applyEdit(edit: Edit): Promise<void> {
  const { config } = useGateway.getState();
  if (!config) throw new CallError('unavailable', 'The config has not been read yet; try again in a moment.');
  try {
    await control.call('config.apply', {
      config: edit(config.document, config.effective.providers),
      baseVersion: config.version,
    });
  } catch (error) {
    if (!(error instanceof CallError) || error.kind !== 'conflict') throw error;
    await readConfig();
    throw new CallError('conflict', 'The config was changed elsewhere meanwhile; it is shown anew. Look it over and save again.');
  }
  await readConfig();
}

/** Are answers of the Responses format kept? */
export async function keepResponses(keep: boolean): Promise<void> {
  await applyEdit((document) => ({ ...document, responses: { keep } }));
}
