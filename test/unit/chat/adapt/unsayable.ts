/** Finds what an adapted request holds that its dialect has no words for: the judge of the adaptation. */
import type { Abilities, OptionalField } from '../../../../gateway/chat/abilities.ts';
import type { ChatMessage, ChatRequest, ContentPart, ToolDefinition } from '../../../../gateway/chat/request.ts';
import { tellingFields } from './any-request.ts';

export function isLegalName(name: string, { toolName }: Abilities): boolean {
  const { forbidden, letterFirst, longest } = toolName;
  if (name === '' || name.length > longest || new RegExp(forbidden.source).test(name)) return false;
  return !letterFirst || /^[A-Za-z_]/.test(name);
}

/** What is left that cannot be said, in words; empty for a request that can be written. */
export function unsayable(request: ChatRequest, abilities: Abilities): string[] {
  const problems: string[] = [];
  for (const field of [...Object.keys(tellingFields), 'suffix'] as OptionalField[]) {
    if (request[field] !== undefined && !abilities.fields.has(field)) problems.push(`field ${field}`);
  }
  if (request.unread.length > 0) problems.push('unread');
  const { type } = request.responseFormat;
  if (type === 'json' && !abilities.jsonMode) problems.push('json mode');
  if (type === 'json-schema' && !abilities.jsonSchema) problems.push('json schema');
  problems.push(...request.tools.flatMap((tool) => toolProblems(tool, abilities)), ...choiceProblems(request, abilities));
  for (const message of request.messages) problems.push(...messageProblems(message, abilities));
  return problems;
}

function toolProblems(tool: ToolDefinition, abilities: Abilities): string[] {
  if (tool.kind === 'native') return tool.dialect === abilities.dialect ? [] : ['native tool'];
  return [
    ...(tool.kind === 'custom' && !abilities.customTools ? ['custom tool'] : []),
    ...(tool.namespace !== undefined && !abilities.namespaces ? ['namespace'] : []),
    ...(tool.cache && !abilities.cacheMarks ? ['cache mark'] : []),
    ...(isLegalName(tool.name, abilities) ? [] : [`tool name ${tool.name}`]),
  ];
}

function choiceProblems({ tools, toolChoice }: ChatRequest, { toolChoices }: Abilities): string[] {
  if (toolChoice.type === 'auto') return [];
  const callable = tools.flatMap((tool) => (tool.kind === 'native' ? [] : [tool.name]));
  const named = toolChoice.type === 'tool' ? [toolChoice.name] : toolChoice.type === 'allowed' ? toolChoice.names : [];
  return [
    ...(tools.length === 0 ? ['choice of nothing'] : []),
    ...(toolChoices.has(toolChoice.type) ? [] : [`choice ${toolChoice.type}`]),
    ...(toolChoice.type === 'allowed' && named.length === 0 ? ['none allowed'] : []),
    ...named.filter((name) => !callable.includes(name)).map((name) => `choice of ${name}`),
  ];
}

function messageProblems({ role, parts }: ChatMessage, abilities: Abilities): string[] {
  return parts.flatMap((part) => {
    const isMedia = part.type === 'image' || part.type === 'audio' || part.type === 'video' || part.type === 'file';
    return [...(role === 'assistant' && isMedia ? ['media of a model'] : []), ...partProblems(part, abilities)];
  });
}

function partProblems(part: ContentPart, abilities: Abilities): string[] {
  const problems: string[] = [];
  if ('cache' in part && !abilities.cacheMarks) problems.push(`cache mark on ${part.type}`);
  if ('seal' in part && part.seal && part.seal.maker !== abilities.sealMaker) problems.push(`seal of ${part.seal.maker}`);
  switch (part.type) {
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      if (!abilities.media.has(part.type)) problems.push(part.type);
      if (part.source.type === 'file-id' || (part.source.type === 'url' && !abilities.mediaUrls)) problems.push(part.source.type);
      break;
    case 'reasoning':
      if (part.seal === null && !(abilities.unsealedReasoning && part.text !== '')) problems.push('unsealed reasoning');
      break;
    case 'tool-call':
      if (part.kind === 'custom' && !abilities.customTools) problems.push('custom call');
      if (part.namespace !== undefined && !abilities.namespaces) problems.push('namespace of a call');
      if (!isLegalName(part.name, abilities)) problems.push(`called name ${part.name}`);
      break;
    case 'tool-result':
      if (part.name !== null && !isLegalName(part.name, abilities)) problems.push(`name of a result ${part.name}`);
      if (!abilities.mediaInResults && part.content.some(({ type }) => type !== 'text')) problems.push('media in a result');
      problems.push(...part.content.flatMap((inner) => partProblems(inner, abilities)));
      break;
    case 'native':
      if (part.dialect !== abilities.dialect) problems.push('native part');
      break;
    default:
  }
  return problems;
}
