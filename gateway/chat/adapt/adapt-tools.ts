/** Makes tools and the choice among them sayable: custom tools as functions, namespaces as part of the name. */
import type { ChatRequest, CustomTool, FunctionTool, NativeTool, ToolChoice, ToolDefinition } from '../request.ts';
import { renamed, withoutCacheMark } from './adapt-parts.ts';
import { customInput } from './text-argument.ts';
import type { Adaptation } from './adaptation.ts';

export function adaptTools(tools: readonly ToolDefinition[], adaptation: Adaptation): readonly ToolDefinition[] {
  return tools.flatMap((tool, index) => adaptTool(tool, `tools.${index}`, adaptation));
}

function adaptTool(tool: ToolDefinition, path: string, adaptation: Adaptation): readonly ToolDefinition[] {
  const { abilities, notes, names } = adaptation;
  if (tool.kind === 'native') return adaptNative(tool, path, adaptation);
  const wireName = names.toWire(tool.name, tool.namespace);
  if (wireName !== tool.name) notes.emulate(`${path}.name`, renamed);
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

function asFunction({ description, grammar, kind: _custom, ...kept }: CustomTool): FunctionTool {
  const words = grammar && `Its input follows this ${grammar.syntax} grammar:\n${grammar.definition}`;
  const input = { type: 'string', description: 'The whole input of this tool, as plain text.' };
  return {
    ...kept,
    kind: 'function',
    description: [description, words].filter(Boolean).join('\n\n') || null,
    parameters: { type: 'object', properties: { [customInput]: input }, required: [customInput], additionalProperties: false },
  };
}

type Offer = Pick<ChatRequest, 'tools' | 'toolChoice'>;

/** The tools with the choice among them: what the dialect cannot say of the choice is said by the tools. */
export function adaptToolChoice(choice: ToolChoice, tools: readonly ToolDefinition[], adaptation: Adaptation): Offer {
  if (tools.length === 0 && choice.type !== 'auto') return chooseFromNone(choice, adaptation);
  switch (choice.type) {
    case 'auto':
      return { tools, toolChoice: choice };
    case 'tool':
      return adaptDemand(choice, tools, adaptation);
    case 'allowed':
      return adaptAllowed(choice, tools, adaptation);
    default:
      return adaptMode(choice, tools, adaptation);
  }
}

function chooseFromNone({ type }: ToolChoice, { notes }: Adaptation): Offer {
  if (type !== 'none') notes.drop('tool_choice', 'there is no tool left to call');
  return { tools: [], toolChoice: { type: 'auto' } };
}

function adaptMode(
  choice: Exclude<ToolChoice, DemandedTool | AllowedTools>,
  tools: readonly ToolDefinition[],
  adaptation: Adaptation,
) {
  const { abilities, notes } = adaptation;
  if (choice.type === 'auto' || abilities.toolChoices.has(choice.type)) return { tools, toolChoice: choice };
  if (choice.type === 'none') notes.emulate('tool_choice', 'by offering no tools');
  else notes.drop('tool_choice', `${abilities.dialect} cannot demand a call`);
  return { tools: choice.type === 'none' ? [] : tools, toolChoice: { type: 'auto' as const } };
}

type DemandedTool = Extract<ToolChoice, { type: 'tool' }>;
type AllowedTools = Extract<ToolChoice, { type: 'allowed' }>;

/** A demand for what is not offered (its provider ran it) leaves the model its choice. */
function adaptDemand({ name, namespace }: DemandedTool, tools: readonly ToolDefinition[], adaptation: Adaptation): Offer {
  const { abilities, notes, names } = adaptation;
  const wanted = offeredOf(tools, names.wireNamesOf(name, namespace));
  const [only, ...others] = wanted;
  if (!only) {
    notes.drop('tool_choice', 'the tool it demands is not offered there');
    return { tools, toolChoice: { type: 'auto' } };
  }
  if (others.length > 0 || !abilities.toolChoices.has('tool')) return narrow(wanted, 'required', adaptation);
  const placed = namespace !== undefined && abilities.namespaces ? { namespace } : {};
  return { tools, toolChoice: { type: 'tool', name: only.name, ...placed } };
}

/** Names of what is not offered say nothing; when no other is left, nothing may be called. */
function adaptAllowed({ mode, names: allowed }: AllowedTools, tools: readonly ToolDefinition[], adaptation: Adaptation): Offer {
  const { abilities, notes, names } = adaptation;
  const meant = allowed.map((name) => names.wireNamesOf(name));
  if (meant.some(({ length }) => length === 0)) notes.drop('tool_choice.names', 'not all of them are offered');
  const wireNames = [...new Set(meant.flat())];
  if (wireNames.length > 0 && abilities.toolChoices.has('allowed')) {
    return { tools, toolChoice: { type: 'allowed', mode, names: wireNames } };
  }
  return narrow(offeredOf(tools, wireNames), mode, adaptation);
}

function offeredOf(tools: readonly ToolDefinition[], wireNames: readonly string[]): readonly ToolDefinition[] {
  const wanted = new Set(wireNames);
  return tools.filter((tool) => tool.kind !== 'native' && wanted.has(tool.name));
}

function narrow(tools: readonly ToolDefinition[], mode: 'auto' | 'required', adaptation: Adaptation): Offer {
  adaptation.notes.emulate('tool_choice', 'by offering only the tools it names');
  return adaptToolChoice({ type: mode }, tools, adaptation);
}
