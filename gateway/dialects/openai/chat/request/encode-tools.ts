/** Writes which tools an upstream is offered, and which it must call. */
import type { ChatRequest, CustomTool, FunctionTool, ToolChoice, ToolDefinition } from '../../../../chat/request.ts';

type Body = Readonly<Record<string, unknown>>;

/** Without tools there is nothing to choose either: providers refuse a choice among none. */
export function encodeTools({ tools, toolChoice, parallelToolCalls }: ChatRequest): Body {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(encodeTool),
    ...(toolChoice.type === 'auto' ? {} : { tool_choice: encodeChoice(toolChoice, tools) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function encodeTool(tool: ToolDefinition): unknown {
  if (tool.kind === 'native') return tool.json;
  return tool.kind === 'function' ? encodeFunction(tool) : encodeCustom(tool);
}

function encodeFunction({ name, description, parameters, strict }: FunctionTool) {
  const facts = { ...(description === null ? {} : { description }), ...(strict === undefined ? {} : { strict }) };
  return { type: 'function', function: { name, ...facts, parameters } };
}

function encodeCustom({ name, description, grammar }: CustomTool) {
  const format = grammar ? { format: { type: 'grammar', grammar } } : {};
  return { type: 'custom', custom: { name, ...(description === null ? {} : { description }), ...format } };
}

function encodeChoice(choice: ToolChoice, tools: readonly ToolDefinition[]): unknown {
  if (choice.type === 'tool') return encodeNamed(choice.name, tools);
  if (choice.type !== 'allowed') return choice.type;
  const { mode, names } = choice;
  return { type: 'allowed_tools', allowed_tools: { mode, tools: names.map((name) => encodeNamed(name, tools)) } };
}

function encodeNamed(name: string, tools: readonly ToolDefinition[]) {
  const isCustom = tools.some((tool) => tool.kind === 'custom' && tool.name === name);
  return isCustom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
}
