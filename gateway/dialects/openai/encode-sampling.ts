/** Writes what chat and legacy completions requests have in common: how tokens are drawn, and where the answer stops. */
import type { FidelityNotes } from '../../chat/fidelity.ts';
import type { ChatRequest } from '../../chat/request.ts';
import type { UpstreamTarget, WireQuirks } from '../codec.ts';
import { numberFields } from './decode-sampling.ts';

type Body = Readonly<Record<string, unknown>>;

/** OpenAI takes at most four. */
const mostStops = 4;

export function encodeSampling(request: ChatRequest, notes: FidelityNotes): Body {
  const { stop = [], choices = 1, logitBias, endUser } = request;
  if (stop.length > mostStops) notes.drop('stop', `only the first ${mostStops}: OpenAI takes no more`);
  return {
    ...encodeNumbers(request),
    ...(stop.length > 0 ? { stop: stop.slice(0, mostStops) } : {}),
    ...(choices > 1 ? { n: choices } : {}),
    ...(logitBias ? { logit_bias: logitBias } : {}),
    ...(endUser === undefined ? {} : { user: endUser }),
  };
}

function encodeNumbers(request: ChatRequest): Body {
  const body: Record<string, number> = {};
  let name: keyof typeof numberFields;
  for (name in numberFields) {
    const number = request[name];
    if (number !== undefined) body[numberFields[name]] = number;
  }
  return body;
}

/** A stream is asked for its usage, for the ledger needs it whoever asks. */
export function encodeStreaming({ stream }: ChatRequest, { noStreamOptions = false }: WireQuirks): Body {
  if (!stream) return { stream };
  return noStreamOptions ? { stream } : { stream, stream_options: { include_usage: true } };
}

/** The inner names of fields that have another on the wire: the ledger speaks of those. */
const innerNames: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  n: 'choices',
  user: 'end_user',
  repetition_penalty: 'repeat_penalty',
  top_logprobs: 'logprobs',
  reasoning_effort: 'reasoning',
};
/** What no client asked for: leaving it out needs no note. */
const unasked: ReadonlySet<string> = new Set(['stream_options', 'encoding_format']);

/** Leaves out what the provider refuses, and notes it. */
export function withoutRefused(body: Body, { quirks }: UpstreamTarget, notes: FidelityNotes): Body {
  const refused = new Set(quirks.refusedFields);
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => {
      if (!refused.has(name)) return true;
      if (!unasked.has(name)) notes.drop(innerNames[name] ?? name, 'this provider refuses it');
      return false;
    }),
  );
}
