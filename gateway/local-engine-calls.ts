/** Answers the calls about the local engine and its models. */
import { type CallHandlers, CallError } from './contract/calls.ts';
import type { ConfigStore } from './config/config-store.ts';
import type { LocalModelOptions } from './contract/local-engine/settings.ts';
import type { RunningLocalEngine } from './running-local-engine.ts';
import type { Engine } from './engine.ts';
import { catalogDate } from './ollama/catalog/catalog.ts';
import { recommendModels, searchCatalog } from './ollama/catalog/find-models.ts';
import { fullName } from './ollama/models/pull-queue.ts';

export interface LocalEngineCallParts {
  readonly local: RunningLocalEngine;
  readonly config: ConfigStore;
  readonly engine: Pick<Engine, 'activate'>;
}

export function localEngineCalls(parts: LocalEngineCallParts) {
  return { ...engineCalls(parts), ...pullCalls(parts), ...modelCalls(parts), ...catalogCalls(parts) };
}

/** Asks once the engine was looked for; a call may come before that was done. */
const opened =
  <Result>(local: RunningLocalEngine, ask: () => Result) =>
  async (): Promise<Awaited<Result>> => {
    await local.open();
    return await ask();
  };

function engineCalls({ local }: LocalEngineCallParts) {
  const { engine } = local;
  return {
    'engine.state': opened(local, () => engine.state()),
    'engine.look': opened(local, () => engine.look()),
    'engine.download': opened(local, () => engine.download()),
    'engine.cancel-download': () => engine.cancelDownload(),
    'engine.start': opened(local, () => engine.start()),
    'engine.stop': opened(local, () => engine.stop()),
    'engine.restart': opened(local, () => engine.restart()),
    'engine.return-to-previous': opened(local, () => engine.returnToPrevious()),
    'engine.log': ({ limit }) => engine.log(limit),
  } satisfies Partial<CallHandlers>;
}

function pullCalls({ local }: LocalEngineCallParts) {
  const { pulls } = local;
  const after = async (change: () => void) => {
    await local.open();
    change();
    return { items: pulls.list() };
  };
  return {
    'local-models.pulls': () => after(() => undefined),
    'local-models.pull': ({ model }) => after(() => pulls.add(model)),
    'local-models.pause': ({ model }) => after(() => pulls.pause(model)),
    'local-models.resume': ({ model }) => after(() => pulls.resume(model)),
    'local-models.cancel': ({ model }) => after(() => pulls.cancel(model)),
  } satisfies Partial<CallHandlers>;
}

function modelCalls({ local, config, engine }: LocalEngineCallParts) {
  const { models } = local;
  return {
    'local-models.list': async () => {
      await local.open();
      return { items: await models.list() };
    },
    'local-models.show': ({ model }) => models.show(model),
    'local-models.load': ({ model, keepAlive }) => models.load(model, keepAlive),
    'local-models.unload': async ({ model }) => {
      await models.unload(model);
      return { unloaded: true };
    },
    'local-models.delete': async ({ model }) => {
      await models.delete(model);
      return { deleted: true };
    },
    'local-models.copy': async ({ source, destination }) => {
      await models.copy(source, destination);
      return { copied: true };
    },
    'local-models.disk': opened(local, () => local.disk()),
    'local-models.set-options': async ({ model, options }) => {
      const { document, version } = config.current();
      const changed = withOptions(document, fullName(model), options);
      const applied = await config.apply(changed, version, engine.activate);
      return { version: applied.version };
    },
  } satisfies Partial<CallHandlers>;
}

function catalogCalls({ local }: LocalEngineCallParts) {
  const installed = async (): Promise<ReadonlySet<string>> => {
    await local.open();
    const models = await local.models.list().catch((error: unknown) => {
      // The catalog is there without an engine, too.
      if (error instanceof CallError) return [];
      throw error;
    });
    return new Set(models.map(({ name }) => name));
  };
  return {
    'local-models.search': async ({ text, ability }) => ({
      items: searchCatalog({ text, ability }, local.engine.machine.facts(), await installed()),
      catalogDate,
    }),
    'local-models.recommended': async () => ({ items: recommendModels(local.engine.machine.facts(), await installed()) }),
  } satisfies Partial<CallHandlers>;
}

type Document = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Document => (typeof value === 'object' && value !== null ? (value as Document) : {});

/** The document with one model's options in place of those it had; what a person wrote beside them stays. */
function withOptions(document: Document, model: string, options: LocalModelOptions): Document {
  const section = fieldsOf(document.localEngine);
  const { [model]: _before, ...others } = fieldsOf(section.models);
  const models = Object.keys(options).length === 0 ? others : { ...others, [model]: options };
  return { ...document, localEngine: { ...section, models } };
}
