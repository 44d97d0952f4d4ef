/** Reads the tools that a client offers, and which of them the model shall call. */
import type { ChatRequest, JsonSchema, ToolDefinition } from '../../../chat/request.ts';
import { type Fields, isAbsent, readChoice, readFields, readFlag, readName, readText } from '../../json/fields.ts';
import { dialectName } from '../abilities.ts';
import { decodeCacheMark } from './decode-cache-mark.ts';
import type { Unread } from './unread.ts';

const toolFields = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']);

/** @throws GatewayError `bad-request` */
export function decodeTools(tools: readonly unknown[], unread: Unread): readonly ToolDefinition[] {
  return tools.map((tool, index) => decodeTool(readFields(tool, `tools.${index}`), `tools.${index}`, unread));
}

/** A tool with a type of its own is one that Anthropic defines: it runs it, or its models were trained on it. */
function decodeTool(tool: Fields, path: string, unread: Unread): ToolDefinition {
  if (!isAbsent(tool.type) && tool.type !== 'custom') {
    return { kind: 'native', dialect: dialectName, name: readName(tool.type, `${path}.type`), json: tool };
  }
  unread.rest(tool, toolFields, path);
  return {
    kind: 'function',
    name: readName(tool.name, `${path}.name`),
    description: isAbsent(tool.description) ? null : readText(tool.description, `${path}.description`),
    parameters: decodeSchema(tool.input_schema, `${path}.input_schema`),
    ...(isAbsent(tool.strict) ? {} : { strict: readFlag(tool.strict, `${path}.strict`) }),
    ...decodeCacheMark(tool),
  };
}

function decodeSchema(schema: unknown, path: string): JsonSchema {
  return isAbsent(schema) ? { type: 'object', properties: {} } : readFields(schema, path);
}

const choices = { auto: 'auto', any: 'required', none: 'none' } as const;

/** @throws GatewayError `bad-request` */
export function decodeToolChoice(value: unknown, unread: Unread): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (isAbsent(value)) return { toolChoice: { type: 'auto' } };
  const choice = readFields(value, 'tool_choice');
  unread.rest(choice, new Set(['type', 'name', 'disable_parallel_tool_use']), 'tool_choice');
  const type = readChoice(choice.type, 'tool_choice.type', ['auto', 'any', 'tool', 'none']);
  const isOneOnly = readFlag(choice.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use');
  return {
    toolChoice: type === 'tool' ? { type, name: readName(choice.name, 'tool_choice.name') } : { type: choices[type] },
    ...(isAbsent(choice.disable_parallel_tool_use) ? {} : { parallelToolCalls: !isOneOnly }),
  };
}
