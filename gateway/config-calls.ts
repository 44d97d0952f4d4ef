/** The control calls about the config: in force, its versions, what differs between them, and the way back. */
import { diffDocuments } from './config/document-diff.ts';
import type { ConfigStore, ConfigVersion } from './config/config-store.ts';
import { CallError, type CallHandlers } from './contract/calls.ts';
import type { Engine } from './engine.ts';
import { PortTakenError } from './server/listener.ts';
import type { Storage } from './storage/open-storage.ts';

export interface ConfigCallParts {
  readonly storage: Pick<Storage, 'configVersions'>;
  readonly config: ConfigStore;
  readonly engine: Pick<Engine, 'activate'>;
}

export function configCalls({ config, engine, storage }: ConfigCallParts) {
  const apply = async (document: Document, baseVersion: number | undefined, source: ConfigVersion['source']) => {
    try {
      const { version } = await config.apply(document, baseVersion, engine.activate, source);
      return { version };
    } catch (error) {
      if (error instanceof PortTakenError) throw new CallError('invalid', error.message, error.setting);
      throw error;
    }
  };
  const documentOf = (version: number, field: string) => readVersion(storage, version, field).document;
  return {
    'config.get': () => {
      const { version, document, effective, overrides } = config.current();
      return { version, document: { ...document }, effective, overrides: [...overrides] };
    },
    'config.apply': (input) => apply(input.config, input.baseVersion, 'call'),
    'config.versions': () => ({
      items: storage.configVersions.list().map(({ version, savedAtMs, source }) => ({ version, savedAtMs, source })),
    }),
    'config.version': ({ version }) => readVersion(storage, version, 'version'),
    'config.diff': ({ from, to }) => ({
      changes: diffDocuments(documentOf(from, 'from'), typeof to === 'number' ? documentOf(to, 'to') : to),
    }),
    'config.restore': async ({ version, baseVersion }) => {
      const document = documentOf(version, 'version');
      try {
        return await apply(document, baseVersion, 'restore');
      } catch (error) {
        throw error instanceof CallError && error.kind === 'invalid' ? refusedNow(version, error) : error;
      }
    },
  } satisfies Partial<CallHandlers>;
}

type Document = Record<string, unknown>;

function readVersion(storage: ConfigCallParts['storage'], version: number, field: string) {
  const found = storage.configVersions.get(version);
  if (!found) throw new CallError('not-found', `There is no version ${version} of the config.`, field);
  const { savedAtMs, source, documentJson } = found;
  return { version, savedAtMs, source, document: JSON.parse(documentJson) as Document };
}

/** What an older program, or another world, took may be refused today. */
function refusedNow(version: number, { message, field }: CallError): CallError {
  return new CallError('invalid', `Version ${version} cannot be brought back as it is. ${message}`, field);
}
