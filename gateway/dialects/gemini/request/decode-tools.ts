/** Reads a request's tools and how they may be chosen: https://ai.google.dev/api/caching#Tool */
import type { FunctionTool, JsonSchema, ToolChoice, ToolDefinition } from '../../../chat/request.ts';
import { type Fields, isAbsent, readChoice, readFields, readList, readName } from '../../json/fields.ts';
import { camelCase, listOf, optionalText, readMessage, unknownKeys } from './proto-fields.ts';
import { jsonSchemaOf } from './schema.ts';

/** Every entry may hold many functions and, beside them, tools of Google's own. */
export function decodeTools(value: unknown, unread: string[]): ToolDefinition[] {
  return listOf(value).flatMap((each, index) => {
    const path = `tools.${index}`;
    const entry = readFields(each, path);
    return Object.entries(entry).flatMap(([key, content]): ToolDefinition[] => {
      const name = camelCase(key);
      if (isAbsent(content)) return [];
      if (name !== 'functionDeclarations') return [{ kind: 'native', dialect: 'gemini', name, json: { [name]: content } }];
      return listOf(content).map((one, place) => decodeFunction(one, `${path}.functionDeclarations.${place}`, unread));
    });
  });
}

const functionFields = new Set(['name', 'description', 'parameters', 'parametersJsonSchema']);

function decodeFunction(value: unknown, path: string, unread: string[]): FunctionTool {
  const declaration = readMessage(value, path);
  unread.push(...unknownKeys(declaration, functionFields, path));
  return {
    kind: 'function',
    name: readName(declaration['name'], `${path}.name`),
    description: optionalText(declaration['description'], `${path}.description`),
    parameters: decodeParameters(declaration, path),
  };
}

/** A function without parameters takes an empty object. */
function decodeParameters(declaration: Fields, path: string): JsonSchema {
  const name = isAbsent(declaration['parametersJsonSchema']) ? 'parameters' : 'parametersJsonSchema';
  const value = declaration[name];
  return isAbsent(value) ? { type: 'object', properties: {} } : jsonSchemaOf(readFields(value, `${path}.${name}`));
}

const modes = ['AUTO', 'ANY', 'NONE', 'VALIDATED', 'MODE_UNSPECIFIED'] as const;
const callingFields = new Set(['mode', 'allowedFunctionNames']);

/** `VALIDATED` is `AUTO` with arguments held to their schema: of that there is no word. */
export function decodeToolConfig(value: unknown, unread: string[]): ToolChoice {
  if (isAbsent(value)) return { type: 'auto' };
  const config = readMessage(value, 'toolConfig');
  unread.push(...unknownKeys(config, new Set(['functionCallingConfig']), 'toolConfig'));
  if (isAbsent(config['functionCallingConfig'])) return { type: 'auto' };
  const path = 'toolConfig.functionCallingConfig';
  const calling = readMessage(config['functionCallingConfig'], path);
  unread.push(...unknownKeys(calling, callingFields, path));
  const word = optionalText(calling['mode'], `${path}.mode`)?.toUpperCase() ?? 'AUTO';
  const names = decodeNames(calling['allowedFunctionNames'], `${path}.allowedFunctionNames`);
  return toolChoice(readChoice(word, `${path}.mode`, modes), names);
}

function decodeNames(value: unknown, path: string): string[] {
  return isAbsent(value) ? [] : readList(value, path).map((each, index) => readName(each, `${path}.${index}`));
}

function toolChoice(mode: (typeof modes)[number], names: readonly string[]): ToolChoice {
  if (mode === 'NONE') return { type: 'none' };
  const required = mode === 'ANY';
  const [only] = names;
  if (only === undefined) return { type: required ? 'required' : 'auto' };
  if (required && names.length === 1) return { type: 'tool', name: only };
  return { type: 'allowed', mode: required ? 'required' : 'auto', names };
}
