/** Reads which tools a chat request offers and which it demands, in today's form and in the legacy `functions` form. */
import type { ChatRequest, CustomTool, FunctionTool, ToolChoice, ToolDefinition } from '../../../../chat/request.ts';
import {
  type Fields,
  isAbsent,
  isFields,
  readChoice,
  readFields,
  readList,
  readName,
  readText,
  refuse,
} from '../../../json/fields.ts';
import { noteUnread } from '../../unread.ts';
import { dialectName } from '../abilities.ts';
import { decodeCacheMark } from './decode-parts.ts';

export type Tools = Pick<ChatRequest, 'tools' | 'toolChoice' | 'echo'>;

/** In `echo`: who offers `functions` looks for a `function_call` in the answer. */
const legacyEcho = { functions: true };

/** Was the request in the form before there were several calls? */
export function isLegacy({ echo }: Pick<ChatRequest, 'echo'>): boolean {
  return echo?.functions === legacyEcho.functions;
}

/**
 * Tools of other types than `function` and `custom` (a provider's own search) stay as they are, for this dialect alone.
 * @param unread takes the paths of what is not read
 * @throws GatewayError `bad-request`
 */
export function decodeTools(body: Fields, unread: string[]): Tools {
  if (isAbsent(body.tools) && !isAbsent(body.functions)) return decodeLegacyTools(body, unread);
  const offered = isAbsent(body.tools) ? [] : readList(body.tools, 'tools');
  const tools = offered.map((tool, index) => decodeTool(readFields(tool, `tools.${index}`), `tools.${index}`, unread));
  const toolChoice = decodeToolChoice(body.tool_choice);
  if (tools.length === 0 && (toolChoice.type === 'required' || toolChoice.type === 'tool')) {
    refuse('tool_choice', 'demands a tool, but tools offers none');
  }
  if (toolChoice.type === 'tool' && tools.every(({ kind }) => kind !== 'native'))
    requireTool(tools, toolChoice.name, `tool_choice.${isFields(body.tool_choice) ? String(body.tool_choice.type) : ''}.name`);
  return { tools, toolChoice };
}

const knownToolFields = new Set(['type', 'function', 'custom', 'cache_control']);

function decodeTool(tool: Fields, field: string, unread: string[]): ToolDefinition {
  const type = readText(tool.type, `${field}.type`);
  if (type !== 'function' && type !== 'custom') return { kind: 'native', dialect: dialectName, name: type, json: tool };
  noteUnread(unread, tool, knownToolFields, `${field}.`);
  const definition = readFields(tool[type], `${field}.${type}`);
  const decode = type === 'function' ? decodeFunction : decodeCustom;
  return {
    ...decode(definition, `${field}.${type}`, unread),
    ...decodeCacheMark(tool.cache_control ?? definition.cache_control),
  };
}

const knownFunctionFields = new Set(['name', 'description', 'parameters', 'strict', 'cache_control']);

/** A function without parameters takes none. */
function decodeFunction(definition: Fields, field: string, unread: string[]): FunctionTool {
  noteUnread(unread, definition, knownFunctionFields, `${field}.`);
  const { parameters, strict } = definition;
  return {
    kind: 'function',
    ...decodeNames(definition, field),
    parameters: isAbsent(parameters) ? { type: 'object', properties: {} } : readFields(parameters, `${field}.parameters`),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

function decodeNames(definition: Fields, field: string): Pick<FunctionTool, 'name' | 'description'> {
  const { description } = definition;
  return {
    name: readName(definition.name, `${field}.name`),
    description: isAbsent(description) ? null : readText(description, `${field}.description`),
  };
}

const knownCustomFields = new Set(['name', 'description', 'format', 'cache_control']);

function decodeCustom(definition: Fields, field: string, unread: string[]): CustomTool {
  noteUnread(unread, definition, knownCustomFields, `${field}.`);
  const tool: CustomTool = { kind: 'custom', ...decodeNames(definition, field) };
  if (isAbsent(definition.format)) return tool;
  const format = readFields(definition.format, `${field}.format`);
  if (readChoice(format.type, `${field}.format.type`, ['text', 'grammar']) === 'text') return tool;
  const grammar = readFields(format.grammar, `${field}.format.grammar`);
  const syntax = readChoice(grammar.syntax, `${field}.format.grammar.syntax`, ['lark', 'regex']);
  return { ...tool, grammar: { syntax, definition: readText(grammar.definition, `${field}.format.grammar.definition`) } };
}

function decodeToolChoice(choice: unknown): ToolChoice {
  if (isAbsent(choice)) return { type: 'auto' };
  if (typeof choice === 'string') return { type: readChoice(choice, 'tool_choice', ['auto', 'none', 'required']) };
  const fields = readFields(choice, 'tool_choice');
  const type = readChoice(fields.type, 'tool_choice.type', ['function', 'custom', 'allowed_tools']);
  const field = `tool_choice.${type}`;
  if (type === 'allowed_tools') return decodeAllowedTools(readFields(fields.allowed_tools, field), field);
  return { type: 'tool', name: readName(readFields(fields[type], field).name, `${field}.name`) };
}

/** `{type: allowed_tools}` narrows the offer to the named tools and says whether one of them must be called. */
function decodeAllowedTools(allowed: Fields, field: string): ToolChoice {
  const mode = readChoice(allowed.mode, `${field}.mode`, ['auto', 'required']);
  const names = readList(allowed.tools, `${field}.tools`).flatMap((tool, index) => allowedName(tool, `${field}.tools.${index}`));
  return { type: 'allowed', mode, names };
}

function allowedName(value: unknown, field: string): readonly string[] {
  const tool = readFields(value, field);
  if (isFields(tool.function)) return [readName(tool.function.name, `${field}.function.name`)];
  return isFields(tool.custom) ? [readName(tool.custom.name, `${field}.custom.name`)] : [];
}

function decodeLegacyTools(body: Fields, unread: string[]): Tools {
  const tools = readList(body.functions, 'functions').map((each, index) =>
    decodeFunction(readFields(each, `functions.${index}`), `functions.${index}`, unread),
  );
  return { tools, toolChoice: decodeLegacyChoice(body.function_call, tools), echo: legacyEcho };
}

function decodeLegacyChoice(choice: unknown, tools: readonly ToolDefinition[]): ToolChoice {
  if (isAbsent(choice)) return { type: 'auto' };
  if (typeof choice === 'string') return { type: readChoice(choice, 'function_call', ['auto', 'none']) };
  const name = readName(readFields(choice, 'function_call').name, 'function_call.name');
  requireTool(tools, name, 'function_call.name');
  return { type: 'tool', name };
}

function requireTool(tools: readonly ToolDefinition[], name: string, field: string): void {
  if (!tools.some((tool) => tool.name === name)) refuse(field, `names "${name}", which is not among the offered tools`);
}
