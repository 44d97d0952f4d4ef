/** Holds tool calls until they are complete: Ollama writes a call's arguments as one object, never in pieces. */
import type { ToolStartEvent } from '../../../chat/event.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { Fields } from '../../json/fields.ts';
import { encodeArguments } from '../tool-arguments.ts';

type Call = Pick<ToolStartEvent, 'id' | 'name' | 'kind' | 'index'> & { readonly namespace?: string | null };

/** A complete call as an answer holds it. */
export function encodeAnswerCall({ id, name, namespace, kind, index }: Call, input: string, notes: FidelityNotes): Fields {
  const tellBroken = () => notes.emulate('answer.tool_calls.arguments', 'inside an object, because they are no JSON object');
  const called = { index, name: namespace ? `${namespace}__${name}` : name, arguments: encodeArguments(kind, input, tellBroken) };
  return { id, function: called };
}

export class HeldCalls {
  readonly #notes: FidelityNotes;
  readonly #held = new Map<number, { readonly call: Call; input: string }>();

  constructor(notes: FidelityNotes) {
    this.#notes = notes;
  }

  begin(call: ToolStartEvent): void {
    this.#held.set(call.index, { call, input: '' });
  }

  add(index: number, text: string): void {
    const held = this.#held.get(index);
    if (held) held.input += text;
  }

  /** The call, if it is held; it is not any more. */
  take(index: number): readonly Fields[] {
    const held = this.#held.get(index);
    if (!held) return [];
    this.#held.delete(index);
    return [encodeAnswerCall(held.call, held.input, this.#notes)];
  }

  takeAll(): readonly Fields[] {
    return [...this.#held.keys()].flatMap((index) => this.take(index));
  }
}
