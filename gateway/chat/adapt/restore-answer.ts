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

/** The call of a custom tool that was offered as a function. */
interface EmulatedCall {
  readonly index: number;
  readonly choice: number;
  readonly argument: TextArgument;
}

/**
 * @param ids of this answer's calls
 * @param stripsFence whether JSON was asked for by instruction
 */
export function createAnswerRestorer(names: ToolNames, ids: FreshCallIds, stripsFence: boolean): AnswerRestorer {
  const calls = new Map<string, EmulatedCall>();
  const fences = new Map<number, FenceStripper>();

  function restoreStart(given: ToolStartEvent): readonly ChatEvent[] {
    const event = { ...given, id: ids.fresh(given.id) };
    // What was held of the text came before the call.
    const text = heldText(event);
    const tool = names.fromWire(event.name);
    if (!tool) return [...text, event];
    const { index, choice = 0 } = event;
    if (tool.emulated) calls.set(callKey(event), { index, choice, argument: new TextArgument() });
    const { namespace, ...rest } = event;
    const placed = tool.namespace === undefined ? {} : { namespace: tool.namespace };
    return [...text, { ...rest, name: tool.name, kind: tool.kind, ...placed }];
  }

  function restoreInput(event: ToolInputEvent): readonly ChatEvent[] {
    const argument = calls.get(callKey(event))?.argument;
    if (!argument) return [event];
    if (event.type === 'tool-input') return withText(event, argument.push(event.text));
    calls.delete(callKey(event));
    return [...withText({ ...event, type: 'tool-input', text: '' }, argument.end()), event];
  }

  function restoreText(event: Extract<ChatEvent, { type: 'text' }>): readonly ChatEvent[] {
    const choice = event.choice ?? 0;
    let fence = fences.get(choice);
    if (!fence) fences.set(choice, (fence = new FenceStripper()));
    return withText(event, fence.push(event.text));
  }

  function heldText(place: OfChoice): readonly ChatEvent[] {
    return withText({ type: 'text', text: '', ...choiceOf(place) }, fences.get(place.choice ?? 0)?.end() ?? '');
  }

  function restoreFinish(event: Extract<ChatEvent, { type: 'finish' }>): readonly ChatEvent[] {
    const open = [...calls.values()].filter(({ choice }) => choice === (event.choice ?? 0));
    const inputs = open.flatMap(({ index, argument }) =>
      withText({ type: 'tool-input', index, text: '', ...choiceOf(event) }, argument.end()),
    );
    return [...inputs, ...heldText(event), event];
  }

  return {
    push(event) {
      if (event.type === 'tool-start') return restoreStart(event);
      if (event.type === 'tool-input' || event.type === 'tool-end') return restoreInput(event);
      if (event.type === 'finish') return restoreFinish(event);
      return stripsFence && event.type === 'text' ? restoreText(event) : [event];
    },
  };
}

interface OfChoice {
  readonly choice?: number;
}

const choiceOf = ({ choice }: OfChoice): OfChoice => (choice === undefined ? {} : { choice });

const callKey = ({ choice = 0, index }: OfChoice & { readonly index: number }): string => `${choice}.${index}`;

type PieceEvent = Extract<ChatEvent, { type: 'text' | 'tool-input' }>;

function withText(event: PieceEvent, text: string): readonly ChatEvent[] {
  return text === '' ? [] : [{ ...event, text }];
}
