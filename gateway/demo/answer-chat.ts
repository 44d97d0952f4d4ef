/** What the demo says: a pure function of the request, so that the same question always gets the same answer. */
import type { ChatMessage, ChatRequest, ToolDefinition } from '../chat/request.ts';
import { sampleFromSchema } from './sample-from-schema.ts';

export type DemoAnswer =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly name: string; readonly argumentsJson: string };

/** `tools` calls the first offered tool once and then tells its result; every other model calls only what it must. */
export function answerChat(request: ChatRequest): DemoAnswer {
  if (request.model === 'tools') {
    const result = resultOfThisTurn(request.messages);
    if (result) return sayAs(request, tellResult(result, request.messages));
    const [first] = request.tools;
    if (first && request.toolChoice.type === 'auto') return call(first);
  }
  const demanded = demandedTool(request);
  return demanded ? call(demanded) : sayAs(request, greet(request));
}

function demandedTool({ tools, toolChoice }: ChatRequest): ToolDefinition | undefined {
  if (toolChoice.type === 'required') return tools[0];
  return toolChoice.type === 'tool' ? tools.find((tool) => tool.name === toolChoice.name) : undefined;
}

function call(tool: ToolDefinition): DemoAnswer {
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
function resultOfThisTurn(messages: readonly ChatMessage[]): ChatMessage | undefined {
  const turn = messages.slice(messages.findLastIndex((message) => message.role === 'user') + 1);
  return turn.findLast((message) => message.role === 'tool');
}

function tellResult(result: ChatMessage, messages: readonly ChatMessage[]): string {
  const calls = messages.flatMap((message) => message.toolCalls);
  const name = calls.findLast((each) => each.id === result.toolCallId)?.name ?? 'tool';
  return `I called ${name}, and it answered: “${quote(result.text)}”. That is all this demo does with a tool: call it once, tell its result.`;
}

function greet({ messages, model }: ChatRequest): string {
  const asked = messages.findLast((message) => message.role === 'user');
  const wrote = asked?.text ? ` You wrote: “${quote(asked.text)}”.` : '';
  const attached = asked && asked.mediaParts > 0 ? ` You attached ${countFiles(asked.mediaParts)}, which I cannot see.` : '';
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
