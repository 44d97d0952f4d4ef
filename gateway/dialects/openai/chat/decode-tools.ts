/** Reads which tools a chat request offers and which it demands, in today's form and in the legacy `functions` form. */
import type { ToolChoice, ToolDefinition } from '../../../chat/request.ts';
import { isAbsent, isFields, readChoice, readFields, readList, readName, readText, refuse } from '../../json/fields.ts';
import type { Fields } from '../../json/fields.ts';

export interface Tools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
}

/**
 * Tools of other types than `function` (custom grammars, a provider's own search) are not part of the inner language and
 * are left out.
 * @throws GatewayError `bad-request`
 */
export function decodeTools(body: Fields): Tools {
  if (isAbsent(body.tools) && !isAbsent(body.functions)) return decodeLegacyTools(body);
  const offered = isAbsent(body.tools) ? [] : readList(body.tools, 'tools');
  const tools = offered.flatMap((tool, index) => decodeTool(readFields(tool, `tools.${index}`), `tools.${index}`));
  if (isFields(body.tool_choice) && body.tool_choice.type === 'allowed_tools') return decodeAllowedTools(body.tool_choice, tools);
  const toolChoice = decodeToolChoice(body.tool_choice);
  if (offered.length === 0 && (toolChoice.type === 'required' || toolChoice.type === 'tool')) {
    refuse('tool_choice', 'demands a tool, but tools offers none');
  }
  if (toolChoice.type === 'tool' && offered.length === tools.length)
    requireTool(tools, toolChoice.name, 'tool_choice.function.name');
  return { tools, toolChoice };
}

function decodeTool(tool: Fields, field: string): readonly ToolDefinition[] {
  const type = readText(tool.type, `${field}.type`);
  if (type !== 'function') return [];
  return [decodeFunction(readFields(tool.function, `${field}.function`), `${field}.function`)];
}

/** A function without parameters takes none. */
function decodeFunction(definition: Fields, field: string): ToolDefinition {
  const { description, parameters } = definition;
  return {
    name: readName(definition.name, `${field}.name`),
    description: isAbsent(description) ? null : readText(description, `${field}.description`),
    parameters: isAbsent(parameters) ? { type: 'object', properties: {} } : readFields(parameters, `${field}.parameters`),
  };
}

function decodeToolChoice(choice: unknown): ToolChoice {
  if (isAbsent(choice)) return { type: 'auto' };
  if (typeof choice === 'string') return { type: readChoice(choice, 'tool_choice', ['auto', 'none', 'required']) };
  const { type, function: named, custom } = readFields(choice, 'tool_choice');
  const kind = readChoice(type, 'tool_choice.type', ['function', 'custom', 'allowed_tools']);
  const field = `tool_choice.${kind}`;
  const definition = readFields(kind === 'custom' ? custom : named, field);
  return { type: 'tool', name: readName(definition.name, `${field}.name`) };
}

/** `{type: allowed_tools}` narrows the offer to the named tools and says whether one of them must be called. */
function decodeAllowedTools(choice: Fields, tools: readonly ToolDefinition[]): Tools {
  const allowed = readFields(choice.allowed_tools, 'tool_choice.allowed_tools');
  const type = readChoice(allowed.mode, 'tool_choice.allowed_tools.mode', ['auto', 'required']);
  const names = readList(allowed.tools, 'tool_choice.allowed_tools.tools').map((tool, index) => allowedName(tool, index));
  return { tools: tools.filter((tool) => names.includes(tool.name)), toolChoice: { type } };
}

function allowedName(tool: unknown, index: number): string | null {
  const field = `tool_choice.allowed_tools.tools.${index}`;
  const { function: named } = readFields(tool, field);
  return isFields(named) ? readName(named.name, `${field}.function.name`) : null;
}

function decodeLegacyTools(body: Fields): Tools {
  const tools = readList(body.functions, 'functions').map((each, index) =>
    decodeFunction(readFields(each, `functions.${index}`), `functions.${index}`),
  );
  const { function_call: choice } = body;
  if (isAbsent(choice)) return { tools, toolChoice: { type: 'auto' } };
  if (typeof choice === 'string') return { tools, toolChoice: { type: readChoice(choice, 'function_call', ['auto', 'none']) } };
  const name = readName(readFields(choice, 'function_call').name, 'function_call.name');
  requireTool(tools, name, 'function_call.name');
  return { tools, toolChoice: { type: 'tool', name } };
}

function requireTool(tools: readonly ToolDefinition[], name: string, field: string): void {
  if (!tools.some((tool) => tool.name === name)) refuse(field, `names "${name}", which is not among the offered tools`);
}
