/** Reads which tools a Responses request offers, alone and in namespaces, and which it demands. */
import type { CustomTool, FunctionTool, NativeTool, ToolChoice, ToolDefinition } from '../../../../chat/request.ts';
import { type Fields, isAbsent, isFields, readChoice, readFields, readFlag, readList, readName } from '../../../json/fields.ts';
import { readText } from '../../../json/fields.ts';
import { dialectName } from '../dialect-name.ts';

/** Set on functions and custom tools; none has a word in the inner language. */
const unsayable = ['allowed_callers', 'async', 'defer_loading', 'output_schema'];

/**
 * @param field where the list stands, for refusals
 * @throws GatewayError `bad-request`
 */
export function decodeTools(value: unknown, field: string, unread: string[]): readonly ToolDefinition[] {
  if (isAbsent(value)) return [];
  return readList(value, field).flatMap((tool, index) => decodeTool(tool, `${field}.${index}`, unread));
}

function decodeTool(value: unknown, field: string, unread: string[]): readonly ToolDefinition[] {
  const tool = readFields(value, field);
  const type = readName(tool.type, `${field}.type`);
  if (type === 'namespace') return decodeNamespace(tool, field, unread);
  return [decodeNamed(tool, field, unread) ?? nativeTool(tool, type)];
}

/** The namespace's own description has no place on its tools. */
function decodeNamespace(space: Fields, field: string, unread: string[]): readonly ToolDefinition[] {
  const namespace = readName(space.name, `${field}.name`);
  if (!isAbsent(space.description) && space.description !== '') unread.push(`${field}.description`);
  return readList(space.tools, `${field}.tools`).flatMap((each, index) => {
    const inner = `${field}.tools.${index}`;
    const tool = decodeNamed(readFields(each, inner), inner, unread);
    if (tool === null) unread.push(inner);
    return tool === null ? [] : [{ ...tool, namespace }];
  });
}

function decodeNamed(tool: Fields, field: string, unread: string[]): FunctionTool | CustomTool | null {
  if (tool.type !== 'function' && tool.type !== 'custom') return null;
  for (const name of unsayable) if (!isAbsent(tool[name]) && tool[name] !== false) unread.push(`${field}.${name}`);
  return tool.type === 'function' ? decodeFunction(tool, field) : decodeCustom(tool, field);
}

/** A function without parameters takes none. */
function decodeFunction(tool: Fields, field: string): FunctionTool {
  const { parameters, strict } = tool;
  return {
    kind: 'function',
    ...decodeNaming(tool, field),
    parameters: isAbsent(parameters) ? { type: 'object', properties: {} } : readFields(parameters, `${field}.parameters`),
    ...(isAbsent(strict) ? {} : { strict: readFlag(strict, `${field}.strict`) }),
  };
}

function decodeCustom(tool: Fields, field: string): CustomTool {
  const named = { kind: 'custom' as const, ...decodeNaming(tool, field) };
  if (isAbsent(tool.format)) return named;
  const format = readFields(tool.format, `${field}.format`);
  if (readChoice(format.type, `${field}.format.type`, ['text', 'grammar']) === 'text') return named;
  const syntax = readChoice(format.syntax, `${field}.format.syntax`, ['lark', 'regex']);
  return { ...named, grammar: { syntax, definition: readText(format.definition, `${field}.format.definition`) } };
}

function decodeNaming(
  { name, description }: Fields,
  field: string,
): { readonly name: string; readonly description: string | null } {
  return {
    name: readName(name, `${field}.name`),
    description: isAbsent(description) ? null : readText(description, `${field}.description`),
  };
}

function nativeTool(tool: Fields, type: string): NativeTool {
  return { kind: 'native', dialect: dialectName, name: type, json: tool };
}

/**
 * A choice of a tool that the provider runs means something there alone: elsewhere the model chooses.
 * @throws GatewayError `bad-request`
 */
export function decodeToolChoice(value: unknown, unread: string[]): ToolChoice {
  if (isAbsent(value)) return { type: 'auto' };
  if (typeof value === 'string') return { type: readChoice(value, 'tool_choice', ['auto', 'none', 'required']) };
  const choice = readFields(value, 'tool_choice');
  const type = readName(choice.type, 'tool_choice.type');
  if (type === 'allowed_tools') return decodeAllowed(choice, unread);
  if (type !== 'function' && type !== 'custom') {
    unread.push('tool_choice');
    return { type: 'auto' };
  }
  const name = readName(choice.name, 'tool_choice.name');
  return {
    type: 'tool',
    name,
    ...(isAbsent(choice.namespace) ? {} : { namespace: readName(choice.namespace, 'tool_choice.namespace') }),
  };
}

function decodeAllowed(choice: Fields, unread: string[]): ToolChoice {
  const mode = isAbsent(choice.mode) ? 'auto' : readChoice(choice.mode, 'tool_choice.mode', ['auto', 'required']);
  const names = readList(choice.tools, 'tool_choice.tools').flatMap((tool, index) => {
    if (isFields(tool) && (tool.type === 'function' || tool.type === 'custom')) {
      return [readName(tool.name, `tool_choice.tools.${index}.name`)];
    }
    unread.push(`tool_choice.tools.${index}`);
    return [];
  });
  return names.length === 0 ? { type: mode } : { type: 'allowed', mode, names };
}
