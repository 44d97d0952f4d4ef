/**
 * Writes what clients ask Ollama before they chat: `GET /api/version`, `/api/tags`, `/api/ps` and `POST /api/show`
 * (docs/api.md, api/types.go). There are no files behind our models: sizes are 0, and a digest only tells models apart.
 */
import type { Fields } from '../json/fields.ts';
import type { ListedModel } from '../listed-model.ts';
import { encodeTimestamp } from './timestamps.ts';

/** The Ollama whose API this is. Clients refuse older ones: Codex those before 0.13.4, VS Code those before 0.6.4. */
export const ollamaVersion = '0.14.0';

/** Clients find the context length by the architecture's name; ours stands for all. */
const architecture = 'gatehouse';

export function encodeVersion(): Fields {
  return { version: ollamaVersion };
}

export function encodeTags(models: readonly ListedModel[]): Fields {
  return { models: models.map(encodeTag) };
}

/** What is known of a model in a server's memory. */
export interface InMemory {
  readonly contextTokens: number | null;
  readonly sizeBytes: number | null;
  readonly graphicsBytes: number | null;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number | null;
}

/** Zero is Go's moment of nothing, which Ollama writes too where it knows of none. */
const noMoment = '0001-01-01T00:00:00Z';

/** @param loaded by the id of its model; one that is not listed is not told of */
export function encodePs(models: readonly ListedModel[], loaded: ReadonlyMap<string, InMemory>): Fields {
  return {
    models: models.flatMap((model) => {
      const found = loaded.get(model.id);
      if (found === undefined) return [];
      const { id } = model;
      return [
        {
          name: id,
          model: id,
          size: found.sizeBytes ?? 0,
          digest: digestOf(id),
          details: encodeDetails(model),
          expires_at: found.expiresAtMs === null ? noMoment : new Date(found.expiresAtMs).toISOString(),
          size_vram: found.graphicsBytes ?? 0,
          ...(found.contextTokens !== null && { context_length: found.contextTokens }),
        },
      ];
    }),
  };
}

/** VS Code hides models without `tools` in its agent; Continue reads `num_ctx` from the text of `parameters`. */
export function encodeShow(model: ListedModel): Fields {
  const { id, createdAtSeconds, contextLength } = model;
  return {
    license: '',
    modelfile: `FROM ${id}\n`,
    parameters: contextLength ? `num_ctx                        ${contextLength}` : '',
    template: '{{ .Prompt }}',
    system: '',
    details: encodeDetails(model),
    messages: [],
    model_info: {
      'general.architecture': architecture,
      'general.basename': id,
      ...(contextLength && { [`${architecture}.context_length`]: contextLength }),
    },
    capabilities: capabilitiesOf(model),
    modified_at: encodeTimestamp(createdAtSeconds),
  };
}

function encodeTag(model: ListedModel): Fields {
  const { id, createdAtSeconds } = model;
  return {
    name: id,
    model: id,
    modified_at: encodeTimestamp(createdAtSeconds),
    size: 0,
    digest: digestOf(id),
    details: encodeDetails(model),
    capabilities: capabilitiesOf(model),
  };
}

function encodeDetails({ ownedBy, contextLength }: ListedModel): Fields {
  return {
    parent_model: '',
    format: '',
    family: ownedBy,
    families: [ownedBy],
    parameter_size: '',
    quantization_level: '',
    ...(contextLength && { context_length: contextLength }),
  };
}

/** Tools are taken for granted unless it is known to have none. */
function capabilitiesOf({ abilities }: ListedModel): readonly string[] {
  if (abilities.embeddings) return ['embedding'];
  return [
    'completion',
    ...(abilities.tools === false ? [] : ['tools']),
    ...(abilities.vision ? ['vision'] : []),
    ...(abilities.reasoning ? ['thinking'] : []),
  ];
}

/** 64 hexadecimal digits, the same for the same name: clients cut it to twelve and compare it. FNV-1a, eight times over. */
function digestOf(text: string): string {
  return Array.from({ length: 8 }, (_, round) => fnv1a(`${round}:${text}`)).join('');
}

function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
