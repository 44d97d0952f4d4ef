/** What models of an Ollama on this machine are asked with beside what their clients say, as the config has it. */
import type { GatewayConfig } from '../contract/config.ts';
import { nativeOptions } from '../contract/local-engine/native-options.ts';
import type { Provider } from './build-provider.ts';

/** A field of a native request and where it stands in it. */
export interface OptionField {
  readonly place: readonly (readonly string[])[];
  readonly value: string | number;
}

/** By the model's name, tag and all. */
export type ModelOptions = ReadonlyMap<string, readonly OptionField[]>;

/** @returns the provider with the options of its models; the same where it has none */
export function withModelOptions(provider: Provider, { models }: GatewayConfig['localEngine']): Provider {
  if (provider.kind !== 'ollama' || !provider.isHere) return provider;
  const said = Object.entries(models).map(([name, options]) => {
    const { options: inner, keep_alive: alive } = nativeOptions(options);
    const fields: OptionField[] = Object.entries(inner ?? {}).map(([field, value]) => ({ place: [['options'], [field]], value }));
    return [name, alive === undefined ? fields : [...fields, { place: [['keep_alive']], value: alive }]] as const;
  });
  const modelOptions = new Map(said.filter(([, fields]) => fields.length > 0));
  return modelOptions.size === 0 ? provider : { ...provider, modelOptions };
}

/** @param model as it is asked for: without a tag it means the latest */
export function optionsOf({ modelOptions }: Provider, model: string): readonly OptionField[] | null {
  return modelOptions?.get(model) ?? modelOptions?.get(`${model}:latest`) ?? null;
}

/** Only there can they be said: the formats of others have no words for them. */
const isNative = (dialect: string): boolean => dialect === 'ollama' || dialect.startsWith('ollama-');

/** In which dialects such a model is asked: natively first. @param dialects those it may be asked in, the best first */
export function dialectsWithOptions(provider: Provider, model: string, dialects: readonly string[]): readonly string[] {
  if (provider.modelOptions === null || optionsOf(provider, model) === null) return dialects;
  const native = dialects.find(isNative);
  return native === undefined ? dialects : [native, ...dialects.filter((one) => one !== native)];
}

/** The fields that a request in this dialect is sent with; null for none. */
export function fieldsFor(provider: Provider, model: string, dialect: string): readonly OptionField[] | null {
  return provider.modelOptions !== null && isNative(dialect) ? optionsOf(provider, model) : null;
}
