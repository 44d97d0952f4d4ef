/** Gathers the events of an answer into a whole one. */
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent, FinishReason } from '../../chat/event.ts';
import type { Usage } from '../../chat/usage.ts';

export interface CollectedCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
}

export interface CollectedAnswer {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds: number;
  readonly text: string;
  readonly toolCalls: readonly CollectedCall[];
  readonly usage: Usage | null;
  readonly reason: FinishReason;
}

/** @throws GatewayError `upstream-truncated` when the events lack their start or their finish: that is no whole answer */
export function collectAnswer(events: Iterable<ChatEvent>): CollectedAnswer {
  let start: Extract<ChatEvent, { type: 'start' }> | null = null;
  let reason: FinishReason | null = null;
  let usage: Usage | null = null;
  let text = '';
  const calls = new Map<number, CollectedCall>();
  for (const event of events) {
    if (event.type === 'start') start = event;
    else if (event.type === 'finish') ({ reason } = event);
    else if (event.type === 'usage') ({ usage } = event);
    else if (event.type === 'text') text += event.text;
    else addToCall(calls, event);
  }
  if (start === null || reason === null) throw unfinishedAnswer();
  const { id, model, createdAtSeconds } = start;
  return { id, model, createdAtSeconds, text, toolCalls: [...calls.values()], usage, reason };
}

export function unfinishedAnswer(): GatewayError {
  return new GatewayError('upstream-truncated', 'The answer broke off before its end; ask again.');
}

function addToCall(calls: Map<number, CollectedCall>, event: Extract<ChatEvent, { type: 'tool-start' | 'tool-input' }>): void {
  if (event.type === 'tool-start') {
    calls.set(event.index, { id: event.id, name: event.name, argumentsJson: '' });
    return;
  }
  const call = calls.get(event.index);
  if (call) calls.set(event.index, { ...call, argumentsJson: call.argumentsJson + event.json });
}
