/** A model's options in the words of Ollama's own API, where alone they can be said. */
import type { LocalModelOptions } from './settings.ts';

/** Fields of a native request: those within `options`, and the one beside them. */
export interface NativeOptions {
  readonly options: Readonly<Record<string, number>> | null;
  /** Ollama reads a number as seconds; for ever and at once are numbers. */
  readonly keep_alive?: string | number;
}

export function nativeOptions({ contextTokens, gpuLayers, threads, batchTokens, keepAlive }: LocalModelOptions): NativeOptions {
  const named = { num_ctx: contextTokens, num_gpu: gpuLayers, num_thread: threads, num_batch: batchTokens };
  const said = Object.entries(named).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const options = said.length === 0 ? null : Object.fromEntries(said);
  return keepAlive === undefined ? { options } : { options, keep_alive: keepAliveValue(keepAlive) };
}

/** @param written as a person writes it: `5m`, `0`, `-1` */
export function keepAliveValue(written: string): string | number {
  return written === '0' || written === '-1' ? Number(written) : written;
}
