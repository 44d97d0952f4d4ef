/** Writes what stands at the head of an answer and of its calls, streamed or whole. */
import type { AnswerOptions } from '../../codec.ts';
import { encodeUsage } from '../usage.ts';

interface AnswerHead {
  readonly id: string;
  readonly model: string;
  readonly serviceTier?: string | null;
}

/** A message without content yet: every key that an answer has. */
export function encodeHead({ id, model, serviceTier = null }: AnswerHead, options: AnswerOptions) {
  return {
    id: id.startsWith('msg_') ? id : `msg_${options.id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: encodeUsage(null, options.inputTokensEstimate, serviceTier),
  };
}

interface Call {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly namespace?: string | null;
}

/** A tool_use block but for its input. A provider that gives a call no id would leave its result without a way back. */
export function toolUseHead({ index, id, name, namespace }: Call, options: AnswerOptions) {
  return { type: 'tool_use', id: id || `toolu_${options.id}_${index}`, name: namespace ? `${namespace}__${name}` : name };
}
