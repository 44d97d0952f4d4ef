/** Makes tools and the choice among them sayable: custom tools as functions, namespaces as part of the name. */
import type { ChatRequest, CustomTool, FunctionTool, NativeTool, ToolChoice, ToolDefinition } from '../request.ts';
import { withoutCacheMark } from './adapt-parts.ts';
import { customInput } from './text-argument.ts';
import type { Adaptation } from './adaptation.ts';

export function adaptTools(tools: readonly ToolDefinition[], adaptation: Adaptation): readonly ToolDefinition[] {
  return tools.flatMap((tool, index) => adaptTool(tool, `tools.${index}`, adaptation));
}

function adaptTool(tool: ToolDefinition, path: string, adaptation: Adaptation): readonly ToolDefinition[] {
  const { abilities, notes, names } = adaptation;
  if (tool.kind === 'native') return adaptNative(tool, path, adaptation);
  const wireName = names.toWire(tool.name, tool.namespace);
  if (wireName !== tool.name) notes.emulate(`${path}.name`, 'under a name that is allowed there');
  const named = withoutCacheMark({ ...tool, name: wireName }, path, adaptation);
  const { namespace, ...flat } = named;
  const placed = abilities.namespaces ? named : flat;
  if (placed.kind === 'function' || abilities.customTools) return [placed];
  notes.emulate(path, 'as a function with one text argument');
  return [asFunction(placed)];
}

function adaptNative(tool: NativeTool, path: string, { abilities, notes }: Adaptation): readonly ToolDefinition[] {
  if (tool.dialect === abilities.dialect) return [tool];
  notes.drop(path, `the tool ${tool.name} is run by providers that speak ${tool.dialect}`);
  return [];
}

function asFunction({ name, description, grammar, cache }: CustomTool): FunctionTool {
  const words = grammar && `Its input follows this ${grammar.syntax} grammar:\n${grammar.definition}`;
  const input = { type: 'string', description: 'The whole input of this tool, as plain text.' };
  return {
    kind: 'function',
    name,
    description: [description, words].filter(Boolean).join('\n\n') || null,
    parameters: { type: 'object', properties: { [customInput]: input }, required: [customInput], additionalProperties: false },
    ...(cache ? { cache } : {}),
  };
}

/** The tools with the choice among them: what the dialect cannot say of the choice is said by the tools. */
export function adaptToolChoice(
  choice: ToolChoice,
  tools: readonly ToolDefinition[],
  adaptation: Adaptation,
): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const { abilities, notes, names } = adaptation;
  if (tools.length === 0) return { tools, toolChoice: { type: 'auto' } };
  if (choice.type === 'auto') return { tools, toolChoice: choice };
  const can = abilities.toolChoices.has(choice.type);
  if (choice.type === 'tool') {
    const name = names.toWire(choice.name, choice.namespace);
    if (can) return { tools, toolChoice: namespaced({ type: 'tool', name }, choice.namespace, abilities.namespaces) };
    return narrow(tools, [name], 'required', adaptation);
  }
  if (choice.type === 'allowed') {
    const wireNames = choice.names.map((name) => names.toWire(name));
    if (can) return { tools, toolChoice: { ...choice, names: wireNames } };
    return narrow(tools, wireNames, choice.mode, adaptation);
  }
  if (can) return { tools, toolChoice: choice };
  if (choice.type === 'none') {
    notes.emulate('tool_choice', 'by offering no tools');
    return { tools: [], toolChoice: { type: 'auto' } };
  }
  notes.drop('tool_choice', `${abilities.dialect} cannot demand a call`);
  return { tools, toolChoice: { type: 'auto' } };
}

function namespaced(choice: { type: 'tool'; name: string }, namespace: string | undefined, keeps: boolean): ToolChoice {
  return namespace !== undefined && keeps ? { ...choice, namespace } : choice;
}

function narrow(
  tools: readonly ToolDefinition[],
  names: readonly string[],
  mode: 'auto' | 'required',
  adaptation: Adaptation,
): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  adaptation.notes.emulate('tool_choice', 'by offering only the tools it names');
  const offered = tools.filter((tool) => tool.kind !== 'native' && names.includes(tool.name));
  return adaptToolChoice({ type: mode }, offered, adaptation);
}
