/** What the demo says: a pure function of the request, so that the same question always gets the same answer. */
import { type ChatMessage, type ChatRequest, type FunctionTool, type ToolResultPart, textOf } from '../chat/request.ts';
import { countMedia } from './write-events.ts';
import { sampleFromSchema } from './sample-from-schema.ts';

export type DemoAnswer =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly name: string; readonly argumentsJson: string };

/** `tools` calls the first offered tool once and then tells its result; every other model calls only what it must. */
export function answerChat(request: ChatRequest): DemoAnswer {
  if (request.model === 'tools') {
    const result = resultOfThisTurn(request.messages);
    if (result) return sayAs(request, tellResult(result, request.messages));
    const [first] = offeredTools(request);
    if (first && mayChoose(request)) return call(first);
  }
  const demanded = demandedTool(request);
  return demanded ? call(demanded) : sayAs(request, greet(request));
}

/** Functions alone: what a tool of another kind takes, the demo cannot make up. */
function offeredTools({ tools, toolChoice }: ChatRequest): readonly FunctionTool[] {
  const functions = tools.filter((tool) => tool.kind === 'function');
  return toolChoice.type === 'allowed' ? functions.filter(({ name }) => toolChoice.names.includes(name)) : functions;
}

function mayChoose({ toolChoice }: ChatRequest): boolean {
  return toolChoice.type === 'auto' || (toolChoice.type === 'allowed' && toolChoice.mode === 'auto');
}

function demandedTool(request: ChatRequest): FunctionTool | undefined {
  const { toolChoice } = request;
  const tools = offeredTools(request);
  if (toolChoice.type === 'tool') return tools.find((tool) => tool.name === toolChoice.name);
  const isDemanded = toolChoice.type === 'required' || (toolChoice.type === 'allowed' && toolChoice.mode === 'required');
  return isDemanded ? tools[0] : undefined;
}

function call(tool: FunctionTool): DemoAnswer {
  return { type: 'call', name: tool.name, argumentsJson: JSON.stringify(sampleFromSchema(tool.parameters)) };
}

/** Puts the answer into the form that was asked for. */
function sayAs({ responseFormat }: ChatRequest, text: string): DemoAnswer {
  if (responseFormat.type === 'json') return { type: 'text', text: JSON.stringify({ answer: text }) };
  if (responseFormat.type === 'json-schema')
    return { type: 'text', text: JSON.stringify(sampleFromSchema(responseFormat.schema)) };
  return { type: 'text', text };
}

/** The last tool result after the last user message. */
function resultOfThisTurn(messages: readonly ChatMessage[]): ToolResultPart | undefined {
  const turn = messages.slice(messages.findLastIndex((message) => message.role === 'user') + 1);
  return turn.flatMap(({ parts }) => parts).findLast((part) => part.type === 'tool-result');
}

function tellResult({ callId, content }: ToolResultPart, messages: readonly ChatMessage[]): string {
  const calls = messages.flatMap(({ parts }) => parts).filter((part) => part.type === 'tool-call');
  const name = calls.findLast((each) => each.id === callId)?.name ?? 'tool';
  return `I called ${name}, and it answered: “${quote(textOf(content))}”. That is all this demo does with a tool: call it once, tell its result.`;
}

function greet({ messages, model }: ChatRequest): string {
  const asked = messages.findLast((message) => message.role === 'user')?.parts ?? [];
  const text = textOf(asked);
  const files = countMedia(asked);
  const wrote = text ? ` You wrote: “${quote(text)}”.` : '';
  const attached = files > 0 ? ` You attached ${countFiles(files)}, which I cannot see.` : '';
  return `Hello!${wrote}${attached} ${model === 'tools' ? offerTools : introduction}`;
}

function countFiles(count: number): string {
  return count === 1 ? 'one file' : `${count} files`;
}

const introduction =
  'I am the demo model that is built into Gatehouse: no key, no network, and the same answer to the same question every time. ' +
  'If you can read this, your program is connected. Add a provider to talk to a real model.';

const offerTools =
  'I am the demo model that calls tools, built into Gatehouse. Offer me a tool and I call it once, then tell its result.';

const longestQuote = 80;

/** The beginning, on one line. No more than that part of a long text is looked at. */
function quote(text: string): string {
  const start = text
    .slice(0, 4 * longestQuote)
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...start];
  return characters.length > longestQuote ? `${characters.slice(0, longestQuote).join('').trimEnd()}…` : start;
}
