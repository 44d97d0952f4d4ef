/** Anthropic's ids of tool calls: letters, digits, `_` and `-`, each once in a conversation. Others are mapped, always alike. */

export class ToolIds {
  /** The latest call of each client's id. */
  readonly #wireIds = new Map<string, string>();
  readonly #taken = new Set<string>();

  ofCall(id: string): string {
    const legal = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let wireId = legal;
    for (let count = 2; this.#taken.has(wireId); count += 1) wireId = `${legal}_${count}`;
    this.#taken.add(wireId);
    this.#wireIds.set(id, wireId);
    return wireId;
  }

  /** @returns null for the result of a call that nobody made */
  ofResult(callId: string): string | null {
    return this.#wireIds.get(callId) ?? null;
  }
}
