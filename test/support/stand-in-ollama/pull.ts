/** Fetches a model of the made-up registry, with partial blobs on the disk and Ollama's own lines. */
import { existsSync, openSync, closeSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Behaviour, RegistryModel } from './behaviour.ts';
import { digestOf, type Layer, layerBytes, type ModelStore } from './store.ts';

export interface PullPlace {
  readonly store: ModelStore;
  behaviour(): Behaviour;
  /** Whoever asked is gone. */
  isGone(): boolean;
  say(line: object): void;
  /** Breaks the connection. */
  cut(): void;
}

/** What ends a pull with an error line. */
class PullError extends Error {}

/** Pieces are told as they come, about twenty in a second. */
const pieceMs = 20;

export async function pullModel(name: string, place: PullPlace): Promise<void> {
  place.say({ status: 'pulling manifest' });
  try {
    const { registry, pullFault } = place.behaviour();
    if (pullFault?.kind === 'unreachable') {
      throw new PullError(
        'pull model manifest: Get "https://registry.ollama.ai/v2/": dial tcp: lookup registry.ollama.ai: no such host',
      );
    }
    const found = registry.find((model) => model.name === name || model.name === `${name}:latest`);
    if (!found) throw new PullError('pull model manifest: file does not exist');
    await fetchLayers(found, place);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    if (!place.isGone()) place.say({ error: error.message });
  }
}

async function fetchLayers(model: RegistryModel, place: PullPlace): Promise<void> {
  const layers: Layer[] = [];
  let done = 0;
  for (const { seed, bytes } of model.layers) {
    const content = layerBytes(seed, bytes);
    const digest = digestOf(content);
    const mediaType = layers.length === 0 ? 'application/vnd.ollama.image.model' : 'application/vnd.ollama.image.template';
    layers.push({ mediaType, digest, size: bytes });
    if (!(await fetchLayer(content, digest, done, place))) return;
    done += bytes;
  }
  place.say({ status: 'verifying sha256 digest' });
  const { store } = place;
  for (const { digest } of layers) {
    const found = digestOf(readFileSync(store.blob(digest)));
    if (found === digest) continue;
    rmSync(store.blob(digest));
    throw new PullError(`digest mismatch, file must be downloaded again: want ${digest}, got ${found}`);
  }
  place.say({ status: 'writing manifest' });
  const { name, layers: _layers, ...facts } = model;
  store.write(name, layers, facts);
  place.say({ status: 'removing any unused layers' });
  place.say({ status: 'success' });
}

/** @returns false when whoever asked is gone */
async function fetchLayer(content: Buffer, digest: string, before: number, place: PullPlace): Promise<boolean> {
  const file = place.store.blob(digest);
  const status = `pulling ${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  const total = content.length;
  const tell = (completed: number): void => place.say({ status, digest, total, ...(completed > 0 ? { completed } : {}) });
  if (existsSync(file)) {
    tell(total);
    return true;
  }
  const partial = `${file}-partial`;
  let completed = existsSync(partial) ? statSync(partial).size : 0;
  tell(completed);
  while (completed < total) {
    if (place.isGone()) return false;
    const { pullBytesPerSecond, pullFault } = place.behaviour();
    const size = pullBytesPerSecond === 0 ? total : Math.max(1, Math.round((pullBytesPerSecond * pieceMs) / 1_000));
    const piece = content.subarray(completed, completed + size);
    if (pullFault && pullFault.kind !== 'wrong-digest' && before + completed + piece.length > pullFault.afterBytes) {
      if (pullFault.kind === 'disk-full') throw new PullError(`write ${partial}: no space left on device`);
      place.cut();
      return false;
    }
    append(partial, completed, pullFault?.kind === 'wrong-digest' ? Buffer.alloc(piece.length) : piece);
    completed += piece.length;
    tell(completed);
    if (pullBytesPerSecond > 0) await delay(pieceMs);
  }
  renameSync(partial, file);
  return true;
}

function append(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, at === 0 ? 'w' : 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}
