/** The response object, which stands in the events that open and close a stream and is a whole answer by itself. */
import { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { ChatEvent } from '../../../../chat/event.ts';
import type { ChatRequest } from '../../../../chat/request.ts';
import { isFields } from '../../../json/fields.ts';
import { encodeSettings } from '../request/encode-settings.ts';
import { encodeToolChoice, encodeTools } from '../request/encode-tools.ts';

type Settings = Readonly<Record<string, unknown>>;

/** How far an answer has come. */
export interface AnswerState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incompleteReason: 'max_output_tokens' | 'content_filter' | null;
  readonly output: readonly Readonly<Record<string, unknown>>[];
  readonly usage: unknown;
}

/** What is the same in every response object of an answer. */
export interface ResponseHead {
  readonly id: string;
  readonly start: Extract<ChatEvent, { type: 'start' }>;
  readonly settings: Settings;
}

/**
 * Every key that recorded answers always have, and those of the Open Responses specification
 * (https://www.openresponses.org/specification); what the client left out stands there as OpenAI's own
 * default.
 */
export function encodeResponse({ id, start, settings }: ResponseHead, state: AnswerState) {
  return {
    id,
    object: 'response',
    created_at: start.createdAtSeconds,
    // A codec has no clock: the answer's own time is the nearest that is known.
    completed_at: state.status === 'completed' ? start.createdAtSeconds : null,
    status: state.status,
    background: false,
    error: state.error,
    frequency_penalty: settings.frequency_penalty ?? 0,
    incomplete_details: state.incompleteReason === null ? null : { reason: state.incompleteReason },
    instructions: settings.instructions ?? null,
    max_output_tokens: settings.max_output_tokens ?? null,
    max_tool_calls: settings.max_tool_calls ?? null,
    model: start.model,
    output: state.output,
    parallel_tool_calls: settings.parallel_tool_calls ?? true,
    presence_penalty: settings.presence_penalty ?? 0,
    previous_response_id: settings.previous_response_id ?? null,
    prompt_cache_key: settings.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...objectOf(settings.reasoning) },
    safety_identifier: settings.safety_identifier ?? null,
    service_tier: start.serviceTier ?? 'default',
    store: settings.store ?? true,
    temperature: settings.temperature ?? 1,
    text: { format: { type: 'text' }, ...objectOf(settings.text) },
    tool_choice: settings.tool_choice ?? 'auto',
    tools: echoTools(settings.tools),
    top_logprobs: settings.top_logprobs ?? 0,
    top_p: settings.top_p ?? 1,
    truncation: settings.truncation ?? 'disabled',
    usage: state.usage,
    user: settings.user ?? null,
    metadata: settings.metadata ?? {},
  };
}

/** What the client wrote where we know it, else the same in our words. */
export function settingsOf(request: ChatRequest): Settings {
  if (request.echo) return request.echo;
  return {
    ...encodeSettings(request, new FidelityNotes()),
    max_output_tokens: request.maxOutputTokens,
    parallel_tool_calls: request.parallelToolCalls,
    tools: encodeTools(request.tools),
    tool_choice: encodeToolChoice(request.toolChoice, request.tools),
  };
}

function objectOf(value: unknown): Settings {
  return isFields(value) ? value : {};
}

/** A function says whether it is strict and what it takes, though the client did not. */
function echoTools(value: unknown): readonly unknown[] {
  const tools: readonly unknown[] = Array.isArray(value) ? value : [];
  return tools.map((tool) => {
    if (!isFields(tool) || tool.type !== 'function') return tool;
    return { ...tool, description: tool.description ?? null, parameters: tool.parameters ?? null, strict: tool.strict ?? true };
  });
}
