/** Anthropic's ids of tool calls: letters, digits, `_` and `-`, each once in a conversation. Others are mapped, always alike. */

export class ToolIds {
  /** The latest call of each client's id. */
  readonly #wireIds = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** The last number behind an id that several calls have. */
  readonly #numbers = new Map<string, number>();

  ofCall(id: string): string {
    const legal = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let wireId = legal;
    let number = this.#numbers.get(legal) ?? 1;
    while (this.#taken.has(wireId)) wireId = `${legal}_${(number += 1)}`;
    if (number > 1) this.#numbers.set(legal, number);
    this.#taken.add(wireId);
    this.#wireIds.set(id, wireId);
    return wireId;
  }

  /** @returns null for the result of a call that nobody made */
  ofResult(callId: string): string | null {
    return this.#wireIds.get(callId) ?? null;
  }
}
