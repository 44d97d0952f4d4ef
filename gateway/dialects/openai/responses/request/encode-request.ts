/** Writes the body of `POST /responses` for an upstream that keeps no state for us. */
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { ChatMessage, ChatRequest } from '../../../../chat/request.ts';
import { textOf } from '../../../../chat/request.ts';
import type { UpstreamTarget, WireQuirks } from '../../../codec.ts';
import { encodeInput } from './encode-input.ts';
import { encodeSettings } from './encode-settings.ts';
import { encodeToolChoice, encodeTools } from './encode-tools.ts';

type Body = Readonly<Record<string, unknown>>;

/** Below this OpenAI refuses. */
const smallestOutput = 16;

/**
 * Nothing is stored (`store: false`), so reasoning comes and goes sealed in `encrypted_content`. System messages that stand
 * first become `instructions`. Source: the types of the official SDK and OpenAI's guide to reasoning without state.
 * @param request holds nothing that this dialect's abilities lack
 */
export function encodeRequest(request: ChatRequest, { model, quirks }: UpstreamTarget, notes: FidelityNotes): Body {
  const { instructions, rest } = splitInstructions(request.messages);
  const body = {
    model,
    ...(instructions === null ? {} : { instructions }),
    input: encodeInput(rest, request.messages.length - rest.length, quirks.systemRole ?? null, notes),
    ...encodeOffer(request),
    ...encodeLength(request, notes),
    ...encodeSettings(request, notes),
    ...encodeInclude(request),
    stream: request.stream,
    store: false,
  };
  return withoutRefused(body, quirks, notes);
}

/** A request of nothing but instructions keeps them as input: OpenAI demands some. */
function splitInstructions(messages: readonly ChatMessage[]): {
  readonly instructions: string | null;
  readonly rest: readonly ChatMessage[];
} {
  const first = messages.findIndex((message) => !isInstruction(message));
  if (first <= 0) return { instructions: null, rest: messages };
  const instructions = messages.slice(0, first).map(({ parts }) => textOf(parts));
  return { instructions: instructions.join('\n\n'), rest: messages.slice(first) };
}

function isInstruction({ role, parts }: ChatMessage): boolean {
  return role === 'system' && parts.every((part) => part.type === 'text');
}

/** Without tools a choice means nothing, and `required` would be refused. */
function encodeOffer({ tools, toolChoice, parallelToolCalls }: ChatRequest): Body {
  if (tools.length === 0) return {};
  return {
    tools: encodeTools(tools),
    tool_choice: encodeToolChoice(toolChoice, tools),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function encodeLength({ maxOutputTokens }: ChatRequest, notes: FidelityNotes): Body {
  if (maxOutputTokens === null) return {};
  if (maxOutputTokens < smallestOutput) notes.emulate('max_output_tokens', `as ${smallestOutput}, the least that OpenAI takes`);
  return { max_output_tokens: Math.max(maxOutputTokens, smallestOutput) };
}

/** Seals are asked for only where there is reasoning: models without it refuse the wish. */
function encodeInclude({ messages, reasoning, logprobs }: ChatRequest): Body {
  const hasSeals = messages.some(({ parts }) => parts.some((part) => part.type === 'reasoning' && part.seal?.maker === 'openai'));
  const isWanted = reasoning !== undefined && reasoning.effort !== 'none' && reasoning.budgetTokens !== 0;
  const include = [
    ...(hasSeals || isWanted ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === undefined ? [] : ['message.output_text.logprobs']),
  ];
  return include.length === 0 ? {} : { include };
}

function withoutRefused(body: Body, { refusedFields = [] }: WireQuirks, notes: FidelityNotes): Body {
  const left = Object.entries(body).filter(([name]) => {
    const isRefused = refusedFields.includes(name);
    if (isRefused) notes.drop(name, 'this provider refuses the field');
    return !isRefused;
  });
  return Object.fromEntries(left);
}
