/**
 * Brings a JSON schema into the part of the language that the API enforces (platform.claude.com/docs/en/build-with-claude/
 * structured-outputs): objects are closed, and limits on numbers, lengths and patterns are told in words instead.
 */
import type { JsonSchema } from '../../../chat/request.ts';
import { isFields } from '../../json/fields.ts';

const enforcedFormats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']);

/** Limits that the API refuses, and how a description says them. */
const limits = new Map([
  ['minimum', 'minimum'],
  ['maximum', 'maximum'],
  ['exclusiveMinimum', 'greater than'],
  ['exclusiveMaximum', 'less than'],
  ['multipleOf', 'a multiple of'],
  ['minLength', 'minimum length'],
  ['maxLength', 'maximum length'],
  ['pattern', 'pattern'],
  ['minItems', 'minimum number of items'],
  ['maxItems', 'maximum number of items'],
  ['uniqueItems', 'items are unique'],
  ['minProperties', 'minimum number of properties'],
  ['maxProperties', 'maximum number of properties'],
]);

const listsOfSchemas = new Set(['anyOf', 'allOf', 'oneOf']);
const mapsOfSchemas = new Set(['properties', '$defs', 'definitions']);

/** @returns a schema that the API takes; what it could not enforce stands in the descriptions */
export function limitSchema(schema: JsonSchema): JsonSchema {
  const limited: Record<string, unknown> = {};
  const words: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    const limit = limits.get(key) ?? (key === 'format' && !isEnforcedFormat(value) ? 'format' : null);
    if (limit !== null) words.push(`${limit}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    else limited[key === 'oneOf' ? 'anyOf' : key] = limitValue(key, value);
  }
  if (isObjectSchema(schema)) limited.additionalProperties = false;
  if (words.length > 0) limited.description = describe(schema.description, words);
  return limited;
}

function isEnforcedFormat(value: unknown): boolean {
  return typeof value === 'string' && enforcedFormats.has(value);
}

function isObjectSchema({ type, properties }: JsonSchema): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isFields(properties);
}

function limitValue(key: string, value: unknown): unknown {
  if (listsOfSchemas.has(key) && Array.isArray(value)) return value.map(limitOne);
  if (mapsOfSchemas.has(key) && isFields(value)) return mapValues(value, limitOne);
  if (key === 'items') return Array.isArray(value) ? value.map(limitOne) : limitOne(value);
  return value;
}

function limitOne(value: unknown): unknown {
  return isFields(value) ? limitSchema(value) : value;
}

function mapValues(map: JsonSchema, change: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

function describe(description: unknown, words: readonly string[]): string {
  const said = words.join('; ');
  return typeof description === 'string' && description !== '' ? `${description} (${said})` : said;
}
