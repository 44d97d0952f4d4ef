/** Writes answers of the legacy `POST /completions`, whole and streamed: `text_completion` objects in both cases. */
import { type AnswerChoice, collectAnswer, unfinishedAnswer } from '../../../chat/collect-answer.ts';
import type { ChatEvent, TokenLogprob } from '../../../chat/event.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { AnswerOptions, StreamEncoder } from '../../codec.ts';
import { doneFrame, encodeFrame } from '../encode-frame.ts';
import { encodeFinish } from '../finish-reasons.ts';
import { encodeUsage } from '../usage.ts';

/**
 * Only text is written, a refusal's words included; thoughts, calls and pictures have no place in this format.
 * @throws GatewayError `upstream-truncated` when the events lack their start or a finish
 */
export function encodeCompletionAnswer(events: Iterable<ChatEvent>, { notes }: Pick<AnswerOptions, 'notes'>) {
  const answer = collectAnswer(events);
  const usage = encodeUsage(answer.usage);
  for (const { type } of answer.choices.flatMap(({ parts }) => parts)) noteLost(type, notes);
  return {
    id: answer.id,
    object: 'text_completion',
    created: answer.createdAtSeconds,
    model: answer.model,
    choices: answer.choices.map((choice) => ({
      text: wordsOf(choice),
      index: choice.index,
      logprobs: encodeLogprobs(choice.logprobs),
      finish_reason: encodeFinish(choice.reason),
    })),
    ...(usage === null ? {} : { usage }),
    system_fingerprint: null,
  };
}

export function createCompletionStreamEncoder({ request, notes }: Pick<AnswerOptions, 'request' | 'notes'>): StreamEncoder {
  let head = { id: '', object: 'text_completion', created: 0 };
  let model = '';
  let usage: Usage | null = null;
  const finished = new Map<number, boolean>();
  const noUsage = request.streamUsage ? { usage: null } : {};

  function chunk(index: number, text: string, finishReason: string | null, tokens: readonly TokenLogprob[] = []): string {
    finished.set(index, finishReason !== null);
    const choices = [{ text, index, logprobs: encodeLogprobs(tokens), finish_reason: finishReason }];
    return encodeFrame({ ...head, choices, model, ...noUsage });
  }

  function push(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        head = { ...head, id: event.id, created: event.createdAtSeconds };
        ({ model } = event);
        return '';
      case 'usage':
        ({ usage } = event);
        return '';
      case 'refusal':
      case 'text':
        noteLost(event.type, notes);
        return chunk(event.choice ?? 0, event.text, null);
      case 'logprobs':
        return chunk(event.choice ?? 0, '', null, event.tokens);
      case 'finish':
        return chunk(event.choice ?? 0, '', encodeFinish(event.reason));
      default:
        noteLost(event.type, notes);
        return '';
    }
  }

  function end(): string {
    if (finished.size === 0 || [...finished.values()].includes(false)) throw unfinishedAnswer();
    const encoded = request.streamUsage ? encodeUsage(usage) : null;
    return encoded ? encodeFrame({ ...head, model, usage: encoded, choices: [] }) + doneFrame : doneFrame;
  }

  return { push, end };
}

const lost: Readonly<Record<string, string>> = {
  reasoning: 'reasoning',
  'tool-call': 'tool_call',
  'tool-start': 'tool_call',
  citation: 'citation',
  media: 'media',
};

function wordsOf({ parts }: AnswerChoice): string {
  return parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
}

function noteLost(type: string, notes: FidelityNotes): void {
  if (type === 'refusal') notes.emulate('answer.refusal', 'as text');
  const name = lost[type];
  if (name !== undefined) notes.drop(`answer.${name}`, 'a completion holds text only');
}

/** The legacy form: parallel lists, the alternatives as one object for each token. */
function encodeLogprobs(tokens: readonly TokenLogprob[]) {
  if (tokens.length === 0) return null;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: tokens.map((_token, index) => tokens.slice(0, index).reduce((sum, { token }) => sum + token.length, 0)),
  };
}
