/** A local engine and models whose every string, where an upstream or a file has the word, is an attack or endless. */
import type { CallHandlers } from '../../gateway/contract/calls.ts';
import { sampleLocalModel } from './local-engine-control.ts';
import {
  localModelsHandlers,
  runningEngine,
  sampleCatalog,
  sampleDisk,
  samplePull,
  sampleRecommended,
} from './local-models-samples.ts';

/** Handlers that answer with `text` in every such place. */
export function engineHandlersSaying(text: string): Partial<CallHandlers> {
  const engine = runningEngine();
  const [recommended] = sampleRecommended;
  const [found] = sampleCatalog;
  const model = sampleLocalModel({ name: text, family: text, parameterSize: text, quantization: text });
  const { loaded } = sampleLocalModel({
    loaded: { sizeBytes: 6e9, vramBytes: 3e9, expiresAtMs: Date.now() + 3_000_000, contextTokens: 8_192 },
  });
  const items = (['running', 'failed', 'paused'] as const).map((state, place) =>
    samplePull({ model: `${text}${place}`, state, reason: text }),
  );
  return localModelsHandlers({
    'engine.state': () => ({
      ...engine,
      version: text,
      baseUrl: `http://${text}`,
      providerId: 'lab',
      binary: { path: text, source: 'path', version: text },
      offer: engine.offer && { ...engine.offer, version: text, url: text, sha256: text },
      offerProblem: text,
      releases: [
        { version: text, inUse: true },
        { version: `${text}2`, inUse: false },
      ],
      machine: { ...engine.machine, gpus: [{ name: text, library: text, memoryBytes: null }] },
      logTail: [text],
      restartNeeded: true,
      download: { ...noDownload, version: text, reason: text },
    }),
    'engine.log': () => ({ items: [{ atMs: 1, text }], file: text }),
    'local-models.list': () => ({
      items: [
        { ...model, loaded },
        { ...model, name: `${text}2`, remoteHost: text, options: { keepAlive: '5m', threads: 4 } },
      ],
    }),
    'local-models.pulls': () => ({ items }),
    'local-models.disk': () => ({ ...sampleDisk, folder: text }),
    'local-models.recommended': () => ({
      items: recommended
        ? [{ ...recommended, model: text, description: text, variant: { ...recommended.variant, name: text, installed: false } }]
        : [],
    }),
    'local-models.search': () => ({
      items: found ? [{ ...found, name: text, description: text }] : [],
      catalogDate: text,
    }),
  });
}

const noDownload = {
  state: 'failed',
  step: 'fetching',
  bytesDone: 1,
  bytesTotal: 2,
  bytesPerSecond: null,
  secondsLeft: null,
} as const;
