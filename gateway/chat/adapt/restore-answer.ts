/**
 * Turns an upstream's events back into what the client asked for: its tools' own names and kinds, ids that tell its calls apart,
 * and JSON without a fence.
 */
import type { ChatEvent, ToolStartEvent } from '../event.ts';
import type { FreshCallIds } from './fresh-call-ids.ts';
import { FenceStripper } from './strip-fence.ts';
import { TextArgument } from './text-argument.ts';
import type { ToolNames } from './tool-names.ts';

export interface AnswerRestorer {
  /** The events that this one stands for, often itself. */
  push(event: ChatEvent): readonly ChatEvent[];
}

type ToolInputEvent = Extract<ChatEvent, { type: 'tool-input' | 'tool-end' }>;

/**
 * @param ids of this answer's calls
 * @param stripsFence whether JSON was asked for by instruction
 */
export function createAnswerRestorer(names: ToolNames, ids: FreshCallIds, stripsFence: boolean): AnswerRestorer {
  /** By choice and index: the calls of emulated custom tools. */
  const texts = new Map<string, TextArgument>();
  const fences = new Map<number, FenceStripper>();

  function restoreStart(given: ToolStartEvent): ChatEvent {
    const event = { ...given, id: ids.fresh(given.id) };
    const tool = names.fromWire(event.name);
    if (!tool) return event;
    if (tool.emulated) texts.set(callKey(event), new TextArgument());
    const { namespace, ...rest } = event;
    return { ...rest, name: tool.name, kind: tool.kind, ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }) };
  }

  function restoreInput(event: ToolInputEvent): readonly ChatEvent[] {
    const argument = texts.get(callKey(event));
    if (!argument) return [event];
    if (event.type === 'tool-input') return withText(event, argument.push(event.text));
    texts.delete(callKey(event));
    return [...withText({ ...event, type: 'tool-input', text: '' }, argument.end()), event];
  }

  function restoreText(event: Extract<ChatEvent, { type: 'text' }>): readonly ChatEvent[] {
    const choice = event.choice ?? 0;
    let fence = fences.get(choice);
    if (!fence) fences.set(choice, (fence = new FenceStripper()));
    return withText(event, fence.push(event.text));
  }

  function restoreFinish(event: Extract<ChatEvent, { type: 'finish' }>): readonly ChatEvent[] {
    const choice = event.choice ?? 0;
    const ofChoice = event.choice === undefined ? {} : { choice };
    const calls = [...texts].flatMap(([key, argument]): readonly ChatEvent[] => {
      const [owner, index] = key.split('.').map(Number);
      if (owner !== choice || index === undefined) return [];
      return withText({ type: 'tool-input', index, text: '', ...ofChoice }, argument.end());
    });
    return [...calls, ...withText({ type: 'text', text: '', ...ofChoice }, fences.get(choice)?.end() ?? ''), event];
  }

  return {
    push(event) {
      if (event.type === 'tool-start') return [restoreStart(event)];
      if (event.type === 'tool-input' || event.type === 'tool-end') return restoreInput(event);
      if (event.type === 'finish') return restoreFinish(event);
      return stripsFence && event.type === 'text' ? restoreText(event) : [event];
    },
  };
}

const callKey = ({ choice = 0, index }: { readonly choice?: number; readonly index: number }): string => `${choice}.${index}`;

type PieceEvent = Extract<ChatEvent, { type: 'text' | 'tool-input' }>;

function withText(event: PieceEvent, text: string): readonly ChatEvent[] {
  return text === '' ? [] : [{ ...event, text }];
}
