/** Reads what Ollama tells of models, of any age and however much of it is missing. Pure. */
import {
  type LoadedModel,
  type LocalModel,
  type ModelAbility,
  modelAbilities,
  type ShownModel,
} from '../../contract/local-engine/models.ts';
import type { LocalModelOptions } from '../../contract/local-engine/settings.ts';
import type { Json } from '../ask-ollama.ts';

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : []);

function moment(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) && at >= 0 ? at : null;
}

function abilities(value: unknown): ModelAbility[] | null {
  if (!Array.isArray(value)) return null;
  return modelAbilities.filter((one) => value.includes(one));
}

function readDetails(value: unknown) {
  const details = object(value);
  return {
    format: text(details.format),
    family: text(details.family),
    parameterSize: text(details.parameter_size),
    quantization: text(details.quantization_level),
  };
}

/** Later than this Ollama means for ever. */
const forEverMs = 50 * 365 * 24 * 3_600_000;

/** @param answer of `/api/ps` @param nowMs since 1970 @returns by name */
export function readLoaded(answer: Json, nowMs: number): Map<string, LoadedModel> {
  const loaded = new Map<string, LoadedModel>();
  for (const one of list(answer.models)) {
    const name = text(one.name) ?? text(one.model);
    const expiresAtMs = moment(one.expires_at);
    if (name === null) continue;
    loaded.set(name, {
      sizeBytes: amount(one.size) ?? 0,
      vramBytes: amount(one.size_vram) ?? 0,
      expiresAtMs: expiresAtMs === null || expiresAtMs - nowMs > forEverMs ? null : expiresAtMs,
      contextTokens: amount(one.context_length),
    });
  }
  return loaded;
}

/** @param answer of `/api/tags` */
export function readModels(
  answer: Json,
  loaded: ReadonlyMap<string, LoadedModel>,
  options: Readonly<Record<string, LocalModelOptions>>,
): LocalModel[] {
  return list(answer.models).flatMap((one) => {
    const name = text(one.name) ?? text(one.model);
    if (name === null) return [];
    const details = object(one.details);
    return [
      {
        name,
        sizeBytes: amount(one.size) ?? 0,
        digest: text(one.digest) ?? '',
        modifiedAtMs: moment(one.modified_at),
        ...readDetails(details),
        abilities: abilities(one.capabilities),
        contextTokens: amount(details.context_length) ?? amount(one.context_length),
        remoteHost: text(one.remote_host),
        loaded: loaded.get(name) ?? null,
        options: options[name] ?? {},
      },
    ];
  });
}

/** Beyond this a template or licence is cut. */
const longestText = 64_000;

/** @param answer of `/api/show` */
export function readShown(name: string, answer: Json, options: LocalModelOptions): ShownModel {
  const info = object(answer.model_info);
  const context = Object.entries(info).find(([key]) => key.endsWith('.context_length'));
  const shown = (value: unknown): string | null => text(value)?.slice(0, longestText) ?? null;
  return {
    name,
    ...readDetails(answer.details),
    abilities: abilities(answer.capabilities),
    contextTokens: amount(context?.[1]) ?? amount(object(answer.details).context_length),
    license: Array.isArray(answer.license) ? shown(answer.license.join('\n\n')) : shown(answer.license),
    template: shown(answer.template),
    system: shown(answer.system),
    parameters: shown(answer.parameters),
    options,
  };
}
