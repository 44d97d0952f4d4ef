/** Writes the tools of a Responses request, those of one namespace together, and the choice among them. */
import type { CustomTool, FunctionTool, ToolChoice, ToolDefinition } from '../../../../chat/request.ts';

type Body = Readonly<Record<string, unknown>>;

/** A namespace stands where its first tool stood. */
export function encodeTools(tools: readonly ToolDefinition[]): readonly unknown[] {
  const encoded: unknown[] = [];
  const spaces = new Map<string, Body[]>();
  for (const tool of tools) {
    if (tool.kind === 'native') encoded.push(tool.json);
    else if (tool.namespace === undefined) encoded.push(encodeTool(tool));
    else {
      const space = spaces.get(tool.namespace);
      if (space) space.push(encodeTool(tool));
      else {
        const own = [encodeTool(tool)];
        spaces.set(tool.namespace, own);
        encoded.push({ type: 'namespace', name: tool.namespace, description: `Tools of ${tool.namespace}.`, tools: own });
      }
    }
  }
  return encoded;
}

/** Here a function is strict unless it says otherwise, unlike in every other dialect: so it always says. */
function encodeTool(tool: FunctionTool | CustomTool): Body {
  const { name } = tool;
  const description = tool.description === null ? {} : { description: tool.description };
  if (tool.kind === 'function') {
    return { type: 'function', name, ...description, parameters: tool.parameters, strict: tool.strict ?? false };
  }
  return { type: 'custom', name, ...description, format: tool.grammar ? { type: 'grammar', ...tool.grammar } : { type: 'text' } };
}

/** The choice as a word, or as the tool or tools it names. A name is enough: no two tools of a request share one. */
export function encodeToolChoice(choice: ToolChoice, tools: readonly ToolDefinition[]): unknown {
  if (choice.type !== 'tool' && choice.type !== 'allowed') return choice.type;
  const custom = new Set(tools.flatMap((tool) => (tool.kind === 'custom' ? [tool.name] : [])));
  const named = (name: string) => ({ type: custom.has(name) ? 'custom' : 'function', name });
  return choice.type === 'tool'
    ? named(choice.name)
    : { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) };
}
