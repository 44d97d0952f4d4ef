/** Keeps the ids of tool calls apart, though servers number the calls of every answer from the start. */
import type { ChatMessage } from '../request.ts';

/**
 * Clients find a call's result by its id in the whole conversation; with an id that an earlier call had they go round in
 * circles. The same conversation makes the same ids, so that its prompt stays the same.
 */
export class FreshCallIds {
  readonly #taken: Set<string>;
  /** The last number behind an id that several calls have. */
  readonly #numbers = new Map<string, number>();

  /** @param messages the conversation so far */
  constructor(messages: readonly ChatMessage[]) {
    this.#taken = new Set(messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))));
  }

  /**
   * @returns the id, with a number behind it when another call has it; not behind a `_`, for Claude Code loses the results of calls
   * whose id is that of another and `_2`
   */
  fresh(id: string): string {
    let free = id;
    let number = this.#numbers.get(id) ?? 1;
    while (this.#taken.has(free)) free = `${id}-${(number += 1)}`;
    if (number > 1) this.#numbers.set(id, number);
    this.#taken.add(free);
    return free;
  }
}
