/** Turns Gemini's schemas (an OpenAPI 3.0 subset with types such as `OBJECT`) into JSON schema, and leaves JSON schema alone. */
import type { JsonSchema } from '../../../chat/request.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { camelCase } from './proto-fields.ts';

/** Keywords whose value is a schema, a list of schemas, or schemas by name: below these alone `type` means a type. */
const schemaKeywords = new Set(['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames']);
const schemaLists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const schemaMaps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Proto JSON writes 64-bit numbers as text. */
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);

const typeNames = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']);

/**
 * Types in lower case, `nullable` as a second type, counts as numbers; everything else as it was written.
 * Source: https://ai.google.dev/api/caching#Schema
 */
export function jsonSchemaOf(schema: Fields): JsonSchema {
  const converted: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    const name = camelCase(key);
    if (isHollow(name, value) || (name === 'nullable' && typeof value === 'boolean')) continue;
    Object.defineProperty(converted, name, { value: convertKeyword(name, value), enumerable: true, configurable: true });
  }
  return schema['nullable'] === true ? nullable(converted) : converted;
}

function convertKeyword(name: string, value: unknown): unknown {
  if (name === 'type') return Array.isArray(value) ? value.map(lowerType) : lowerType(value);
  if (schemaKeywords.has(name)) return convert(value);
  if (schemaLists.has(name) && Array.isArray(value)) return value.map(convert);
  if (schemaMaps.has(name) && isFields(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, convert(each)]));
  }
  return counts.has(name) && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

/** What says nothing and is no JSON schema: `TYPE_UNSPECIFIED`, Gemini's `format: "enum"`. */
function isHollow(name: string, value: unknown): boolean {
  return (name === 'type' && value === 'TYPE_UNSPECIFIED') || (name === 'format' && value === 'enum');
}

function convert(value: unknown): unknown {
  return isFields(value) ? jsonSchemaOf(value) : value;
}

function lowerType(value: unknown): unknown {
  return typeof value === 'string' && typeNames.has(value) ? value.toLowerCase() : value;
}

function nullable(schema: Record<string, unknown>): JsonSchema {
  const { type, enum: values } = schema;
  const withNull = {
    ...schema,
    ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
  };
  return type === undefined && Array.isArray(schema['anyOf'])
    ? { ...withNull, anyOf: [...schema['anyOf'], { type: 'null' }] }
    : withNull;
}
