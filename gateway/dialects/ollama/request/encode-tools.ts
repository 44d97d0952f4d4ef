/** Writes tools for a chat request: OpenAI's shape, and schemas as Ollama can read them. */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { JsonSchema, ToolDefinition } from '../../../chat/request.ts';
import { type Fields, isFields } from '../../json/fields.ts';

export function encodeTools(tools: readonly ToolDefinition[], notes: FidelityNotes): Fields {
  const encoded = tools.flatMap((tool, index) => encodeTool(tool, `tools.${index}`, notes));
  return encoded.length > 0 ? { tools: encoded } : {};
}

/** Others than functions were made into such before, or left out. */
function encodeTool(tool: ToolDefinition, path: string, notes: FidelityNotes): readonly Fields[] {
  if (tool.kind !== 'function') return [];
  if (tool.strict === true) notes.drop(`${path}.strict`, 'Ollama holds no model to the schema of a tool');
  const { name, description } = tool;
  // Their type may be no list of types; they are an object whatever it says.
  const parameters = { properties: {}, ...readableSchema(tool.parameters), type: 'object' };
  return [{ type: 'function', function: { name, ...(description !== null && { description }), parameters } }];
}

/**
 * Ollama reads the arguments' schema into fixed types (api/types.go, ToolProperty) and refuses the whole request over
 * a property that is `true` or a `required` that is no list; neither says anything that would be missed.
 */
function readableSchema(schema: JsonSchema): JsonSchema {
  const { properties, required, anyOf, ...others } = schema;
  return {
    ...others,
    ...(isFields(properties) && { properties: mapValues(properties) }),
    ...(Array.isArray(required) && { required }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(readableProperty) }),
  };
}

function mapValues(properties: Fields): Fields {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, readableProperty(property)]));
}

function readableProperty(property: unknown): unknown {
  return isFields(property) ? readableSchema(property) : {};
}
