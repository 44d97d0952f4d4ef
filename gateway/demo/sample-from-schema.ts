/** Makes a value that a JSON schema accepts, always the same one: the demo's structured answers and tool arguments. */
import { sampleNumber } from './sample-number.ts';
import { sampleText } from './sample-text.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Walk {
  readonly root: Schema;
  /** Steps that may still be taken: a schema may ask for more than anyone can use. */
  left: number;
  depth: number;
}

const mostSteps = 10_000;
/** So many characters of text count as one more step. */
const charactersPerStep = 100;
const deepest = 24;
/** From this depth on, what may be left out is left out, so that a schema that holds itself comes to an end. */
const frugalDepth = 6;

/**
 * Knows the usual words of every draft: types, `enum`, `const`, `$ref` within the document, `allOf`, `anyOf`, `oneOf` (it
 * takes the first branch), lengths, ranges, formats, patterns. It does not know `not`, `if` and `dependentSchemas`.
 */
export function sampleFromSchema(schema: Schema): unknown {
  return sample(schema, { root: schema, left: mostSteps, depth: 0 }, 0);
}

/** @param variant another number gives another value, as far as the schema leaves room: for lists without repetition */
function sample(given: unknown, walk: Walk, variant: number): unknown {
  walk.left -= 1;
  if (walk.left < 0 || walk.depth > deepest || given === false) return null;
  const schema = flatten(given, walk, 0);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[variant % schema.enum.length];
  walk.depth += 1;
  const value = sampleOfType(typeOf(schema, walk), schema, walk, variant);
  walk.depth -= 1;
  return value;
}

function sampleOfType(type: string, schema: Schema, walk: Walk, variant: number): unknown {
  switch (type) {
    case 'object':
      return sampleObject(schema, walk, variant);
    case 'array':
      return sampleArray(schema, walk, variant);
    case 'integer':
    case 'number':
      return sampleNumber(schema, type === 'integer', variant);
    case 'boolean':
      return variant % 2 === 0;
    case 'null':
      return null;
    default:
      return sampleString(schema, walk, variant);
  }
}

function sampleString(schema: Schema, walk: Walk, variant: number): string {
  const text = sampleText(schema, variant);
  walk.left -= Math.floor(text.length / charactersPerStep);
  return text;
}

/** Gathers what `$ref`, `allOf` and the chosen branch of `anyOf` or `oneOf` say into one schema. */
function flatten(given: unknown, walk: Walk, hops: number): Schema {
  walk.left -= 1;
  if (!isSchema(given) || hops > deepest || walk.left < 0) return {};
  const { $ref: reference, allOf, anyOf, oneOf, ...own } = given;
  const parts: Schema[] = [own];
  if (typeof reference === 'string') parts.push(flatten(resolve(walk.root, reference), walk, hops + 1));
  if (Array.isArray(allOf)) parts.push(...allOf.map((part) => flatten(part, walk, hops + 1)));
  for (const branches of [anyOf, oneOf]) {
    if (Array.isArray(branches)) parts.push(flatten(chooseBranch(branches, walk), walk, hops + 1));
  }
  return parts.reduce(merge);
}

/** The first branch that says something, or null itself where the value must become small. */
function chooseBranch(branches: readonly unknown[], walk: Walk): unknown {
  const isNull = (branch: unknown) => isSchema(branch) && branch.type === 'null';
  const empty = branches.find(isNull);
  if (walk.depth >= frugalDepth && empty !== undefined) return empty;
  return branches.find((branch) => branch !== false && !isNull(branch)) ?? empty;
}

/** Both must hold: properties and demands add up, the narrower bound counts, and for the rest the later one. */
function merge(left: Schema, right: Schema): Schema {
  const merged: Record<string, unknown> = { ...left, ...right };
  if (isSchema(left.properties) && isSchema(right.properties)) merged.properties = { ...left.properties, ...right.properties };
  if (Array.isArray(left.required) && Array.isArray(right.required)) merged.required = [...left.required, ...right.required];
  for (const [names, pick] of [
    [lowerBounds, Math.max],
    [upperBounds, Math.min],
  ] as const) {
    for (const name of names) {
      const [one, other] = [left[name], right[name]];
      if (typeof one === 'number' && typeof other === 'number') merged[name] = pick(one, other);
    }
  }
  return merged;
}

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** Follows `#/$defs/name` through the document; anything else says nothing. */
function resolve(root: Schema, reference: string): unknown {
  if (reference !== '#' && !reference.startsWith('#/')) return {};
  const names = reference
    .split('/')
    .slice(1)
    .map((name) => decodeName(name).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((value, name) => (isContainer(value) && Object.hasOwn(value, name) ? value[name] : {}), root);
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The type it names, or, when it names none, the one its other words speak of. */
function typeOf(schema: Schema, walk: Walk): string {
  const named = Array.isArray(schema.type) ? pickType(schema.type, walk) : schema.type;
  if (typeof named === 'string') return named.toLowerCase();
  const speaksOf = (...words: readonly string[]) => words.some((word) => word in schema);
  if (speaksOf('properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties')) return 'object';
  if (speaksOf('items', 'prefixItems', 'minItems', 'contains')) return 'array';
  if (speaksOf('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) return 'number';
  return 'string';
}

function pickType(types: readonly unknown[], walk: Walk): unknown {
  if (walk.depth >= frugalDepth && types.includes('null')) return 'null';
  return types.find((type) => type !== 'null') ?? 'null';
}

/** Holds what is required; where nothing is, the first property, so that the value shows something. */
function sampleObject(schema: Schema, walk: Walk, variant: number): unknown {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
  const least = typeof schema.minProperties === 'number' ? Math.min(schema.minProperties, mostSteps) : 0;
  const names = new Set(required);
  const wanted = Math.max(least, walk.depth >= frugalDepth || schema.maxProperties === 0 ? 0 : 1);
  for (const name of Object.keys(properties)) if (names.size < wanted) names.add(name);
  for (let extra = 1; names.size < least; extra += 1) names.add(`property${extra}`);
  const ofOthers = isSchema(schema.additionalProperties) ? schema.additionalProperties : {};
  // `fromEntries` also makes an own property of a name such as `__proto__`.
  return Object.fromEntries(
    [...names].map((name) => [name, sample(Object.hasOwn(properties, name) ? properties[name] : ofOthers, walk, variant)]),
  );
}

/** As many items as it asks for, or one where it may hold one. */
function sampleArray(schema: Schema, walk: Walk, variant: number): unknown {
  const first = [schema.prefixItems, schema.items].find((items) => Array.isArray(items)) ?? [];
  const rest = [schema.items, schema.additionalItems].find((items) => isSchema(items) || items === false);
  const contained = isSchema(schema.contains) ? [schema.contains] : [];
  const least = typeof schema.minItems === 'number' ? schema.minItems : 0;
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : mostSteps;
  const wished = walk.depth >= frugalDepth || rest === false ? 0 : 1;
  const length = Math.min(Math.max(least, wished, first.length + contained.length), most, Math.max(0, walk.left));
  return Array.from({ length }, (_item, index) => {
    const own: unknown = first[index] ?? rest ?? {};
    const demanded = index === first.length ? contained : [];
    return sample(demanded.length > 0 ? { allOf: [own, ...demanded] } : own, walk, variant + index);
  });
}

function isSchema(value: unknown): value is Schema {
  return isContainer(value) && !Array.isArray(value);
}

function isContainer(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
