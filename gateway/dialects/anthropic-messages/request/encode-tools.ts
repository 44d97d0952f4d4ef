/** Writes the tools on offer, and which of them shall be called. */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest, FunctionTool, JsonSchema, ToolDefinition } from '../../../chat/request.ts';
import { isFields } from '../../json/fields.ts';
import { type Block, cacheControl } from './encode-blocks.ts';
import { isForced } from './encode-thinking.ts';
import type { ModelTraits } from './model-traits.ts';
import { limitSchema } from './schema-limits.ts';

/** The API enforces the schemas of so many tools in one request. */
const mostStrictTools = 20;

/** A tool on the wire; its type is absent for a client's own. */
export type WireTool = Record<string, unknown> | Block;

export function encodeTools(tools: readonly ToolDefinition[], traits: ModelTraits, notes: FidelityNotes): WireTool[] {
  let strictTools = 0;
  return tools.flatMap((tool, index): WireTool[] => {
    if (tool.kind === 'native') return isFields(tool.json) ? [{ ...tool.json }] : [];
    if (tool.kind === 'custom') return [];
    const isStrict = tool.strict === true && traits.takesStrictTools && strictTools < mostStrictTools;
    if (isStrict) strictTools += 1;
    else if (tool.strict)
      notes.drop(`tools.${index}.strict`, 'this model, or a request with so many tools, is not held to schemas');
    return [encodeTool(tool, isStrict, `tools.${index}`, notes)];
  });
}

function encodeTool(tool: FunctionTool, isStrict: boolean, path: string, notes: FidelityNotes): WireTool {
  const schema = asObjectSchema(tool.parameters, `${path}.parameters`, notes);
  return {
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    input_schema: isStrict ? limitSchema(schema) : schema,
    ...(isStrict ? { strict: true } : {}),
    ...cacheControl(tool.cache),
  };
}

const choiceKeys = ['anyOf', 'oneOf', 'allOf'] as const;

/** The API demands `type: object` at the top, and takes no alternatives there: their properties are offered together. */
function asObjectSchema(schema: JsonSchema, path: string, notes: FidelityNotes): JsonSchema {
  const branches = choiceKeys.flatMap((key) => (Array.isArray(schema[key]) ? schema[key].filter(isFields) : []));
  if (branches.length === 0) return schema.type === 'object' ? schema : { ...schema, type: 'object' };
  notes.emulate(path, 'with the properties of all its alternatives together');
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => !choiceKeys.some((each) => each === key)));
  const properties = [...branches, schema].map((branch) => (isFields(branch.properties) ? branch.properties : {}));
  return { ...rest, type: 'object', properties: Object.assign({}, ...properties) };
}

/** @returns the fields to spread into the request; empty where the API's own ways are meant */
export function encodeToolChoice(request: ChatRequest, traits: ModelTraits, notes: FidelityNotes) {
  if (request.tools.length === 0) return {};
  const choice = wireChoice(request, traits, notes);
  const isOneOnly = request.parallelToolCalls === false && choice.type !== 'none';
  if (choice.type === 'auto' && !isOneOnly) return {};
  return { tool_choice: { ...choice, ...(isOneOnly ? { disable_parallel_tool_use: true } : {}) } };
}

function wireChoice(request: ChatRequest, traits: ModelTraits, notes: FidelityNotes) {
  const { toolChoice } = request;
  if (isForced(request) && !traits.canStopThinking) {
    notes.drop('tool_choice', 'this model always thinks, and a model that thinks cannot be forced to a call');
    return { type: 'auto' };
  }
  if (toolChoice.type === 'required') return { type: 'any' };
  if (toolChoice.type === 'tool') return { type: 'tool', name: toolChoice.name };
  return { type: toolChoice.type === 'none' ? 'none' : 'auto' };
}
