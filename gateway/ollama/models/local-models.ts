/** The models of the engine that runs: listed, shown, loaded, unloaded, copied and deleted by its own calls. */
import { CallError } from '../../contract/call-error.ts';
import type { LocalModel, ShownModel } from '../../contract/local-engine/models.ts';
import { keepAliveValue, nativeOptions } from '../../contract/local-engine/native-options.ts';
import type { LocalModelOptions } from '../../contract/local-engine/settings.ts';
import { type Json, type OllamaApi, OllamaError } from '../ask-ollama.ts';
import { fullName } from './pull-queue.ts';
import { readLoaded, readModels, readShown } from './read-models.ts';

export interface LocalModelsParts {
  /** The engine that runs; null while none does. */
  api(): OllamaApi | null;
  /** By model, as the config in force has them. */
  options(): Readonly<Record<string, LocalModelOptions>>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Some of them have come, gone, or been loaded or unloaded. */
  onChange(): void;
}

const shortMs = 10_000;
/** A large model from a slow disk. */
const loadMs = 10 * 60_000;

export class LocalModels {
  readonly #parts: LocalModelsParts;

  constructor(parts: LocalModelsParts) {
    this.#parts = parts;
  }

  /** @throws CallError */
  async list(): Promise<LocalModel[]> {
    const [tags, ps] = await Promise.all([
      this.#ask('GET', '/api/tags', null),
      this.#ask('GET', '/api/ps', null).catch((): Json => ({})),
    ]);
    return readModels(tags, readLoaded(ps, this.#parts.now()), this.#parts.options());
  }

  /** @throws CallError */
  async show(model: string): Promise<ShownModel> {
    const name = fullName(model);
    return readShown(name, await this.#ask('POST', '/api/show', { model: name }), this.#parts.options()[name] ?? {});
  }

  /** Resolves when it is in memory. @param keepAlive as Ollama writes it; the model's own where left out @throws CallError */
  async load(model: string, keepAlive?: string): Promise<LocalModel> {
    const name = fullName(model);
    const { options, keep_alive } = nativeOptions(this.#parts.options()[name] ?? {});
    const alive = keepAlive === undefined ? keep_alive : keepAliveValue(keepAlive);
    await this.#loadBy(name, { ...(options ? { options } : {}), ...(alive === undefined ? {} : { keep_alive: alive }) });
    this.#parts.onChange();
    const found = (await this.list()).find((one) => one.name === name);
    if (!found) throw new CallError('failed', `The model "${name}" was loaded, and is not listed any more.`);
    return found;
  }

  /** What only makes vectors is loaded by a question for one. */
  async #loadBy(name: string, body: Json): Promise<void> {
    try {
      await this.#ask('POST', '/api/generate', { model: name, stream: false, ...body }, loadMs);
    } catch (error) {
      const isOther = error instanceof CallError && /does not support generate/.test(error.message);
      if (!isOther) throw error;
      await this.#ask('POST', '/api/embed', { model: name, input: '', ...body }, loadMs);
    }
  }

  /** @throws CallError */
  async unload(model: string): Promise<void> {
    await this.#ask('POST', '/api/generate', { model: fullName(model), keep_alive: 0, stream: false });
    this.#parts.onChange();
  }

  /** @throws CallError */
  async delete(model: string): Promise<void> {
    await this.#ask('DELETE', '/api/delete', { model: fullName(model) });
    this.#parts.onChange();
  }

  /** Ollama would put it in the place of another of that name, without a word. @throws CallError `conflict` where there is one */
  async copy(source: string, destination: string): Promise<void> {
    const name = fullName(destination);
    const there = (await this.list()).find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (there) {
      const words = `There is a model "${there.name}" here already; take another name, or remove that one first.`;
      throw new CallError('conflict', words, 'destination');
    }
    await this.replace(source, name);
  }

  /** As `copy`, in the place of whatever has the name. @throws CallError */
  async replace(source: string, destination: string): Promise<void> {
    await this.#ask('POST', '/api/copy', { source: fullName(source), destination: fullName(destination) });
    this.#parts.onChange();
  }

  async #ask(method: 'GET' | 'POST' | 'DELETE', path: string, body: Json | null, timeoutMs = shortMs): Promise<Json> {
    const api = this.#parts.api();
    if (api === null) throw new CallError('unavailable', 'No local engine runs; start it first.');
    try {
      return await api.ask(method, path, body, timeoutMs);
    } catch (error) {
      if (!(error instanceof OllamaError)) throw error;
      const name = body?.model ?? body?.source;
      throw inWords(error, typeof name === 'string' ? name : null);
    }
  }
}

function inWords({ status, message }: OllamaError, model: string | null): CallError {
  if (status === 404) return new CallError('not-found', `There is no model "${model ?? ''}" here.`, 'model');
  if (status === 503)
    return new CallError('unavailable', 'The local engine is busy: too many requests wait for it. Try again soon.');
  if (/more system memory|out of memory|cudaMalloc/i.test(message)) {
    return new CallError(
      'unavailable',
      `There is not enough memory for it (${message}). Unload another model, or take a smaller one.`,
    );
  }
  return new CallError(status === null ? 'unavailable' : 'failed', `The local engine did not do it: ${message.slice(0, 400)}`);
}
