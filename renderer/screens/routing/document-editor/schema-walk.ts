/** Walks a JSON schema along a path, through its alternatives: what may stand at a place. Pure. */
import { isObject, type JsonObject } from '../../../stores/json-value.ts';

/** Every schema that a value at the path may follow. */
export function schemasAt(root: JsonObject, path: readonly string[]): readonly JsonObject[] {
  let found = alternatives(root, root);
  for (const step of path)
    found = found.flatMap((schema) => stepsInto(schema, step)).flatMap((schema) => alternatives(root, schema));
  return found;
}

function stepsInto(schema: JsonObject, step: string): readonly JsonObject[] {
  const { properties, additionalProperties, items } = schema;
  if (isObject(properties) && Object.hasOwn(properties, step)) return [properties[step]].filter(isObject);
  if (isObject(items) && /^\d+$/.test(step)) return [items];
  return isObject(additionalProperties) ? [additionalProperties] : [];
}

/** Follows references and takes unions apart. A schema that refers to itself ends where it was met before. */
function alternatives(root: JsonObject, schema: JsonObject, met: readonly unknown[] = []): readonly JsonObject[] {
  if (met.includes(schema)) return [];
  const seen = [...met, schema];
  if (typeof schema.$ref === 'string') {
    const target = referred(root, schema.$ref);
    return target ? alternatives(root, target, seen) : [];
  }
  const several = [schema.anyOf, schema.oneOf, schema.allOf].filter(Array.isArray).flat().filter(isObject);
  const own = several.length === 0 || isObject(schema.properties) ? [schema] : [];
  return [...own, ...several.flatMap((one) => alternatives(root, one, seen))];
}

function referred(root: JsonObject, reference: string): JsonObject | null {
  let at: unknown = root;
  for (const step of reference.replace(/^#\/?/, '').split('/')) {
    if (step !== '') at = isObject(at) ? at[step] : undefined;
  }
  return isObject(at) ? at : null;
}

/** The names that an object may have, each with what may stand there. */
export function propertiesOf(schemas: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const { properties } of schemas) {
    if (!isObject(properties)) continue;
    for (const [name, schema] of Object.entries(properties)) if (isObject(schema) && !found.has(name)) found.set(name, schema);
  }
  return found;
}

/** The very values that may stand at a place, as JSON text, and whether free text may. */
export function valuesOf(schemas: readonly JsonObject[]): { readonly values: readonly string[]; readonly takesText: boolean } {
  const values = new Set<string>();
  let takesText = false;
  for (const schema of schemas) {
    if (Array.isArray(schema.enum)) for (const one of schema.enum) values.add(JSON.stringify(one));
    else if (schema.const !== undefined) values.add(JSON.stringify(schema.const));
    else if (schema.type === 'boolean') for (const one of ['true', 'false']) values.add(one);
    else if (schema.type === 'object') values.add('{}');
    else if (schema.type === 'array') values.add('[]');
    else if (schema.type === 'string') takesText = true;
  }
  return { values: [...values], takesText };
}

/** What a name's value begins as. */
export function beginningOf(root: JsonObject, schema: JsonObject): string {
  const [first] = alternatives(root, schema);
  if (first?.type === 'object') return '{}';
  if (first?.type === 'array') return '[]';
  return first?.type === 'string' && !Array.isArray(first.enum) ? '""' : '';
}

/** Where a model's name stands: there the models of the person's own providers are offered. */
export function isModelPlace(path: readonly string[]): boolean {
  const place = path.map((step) => (/^\d+$/.test(step) ? '#' : step)).join('.');
  return /(?:^|\.)(?:use|use\.#|targets\.#|targets\.#\.model|model|target|fallbacks\.\w+\.#|fallbacks\.\w+\.#\.model)$/.test(
    place,
  );
}
