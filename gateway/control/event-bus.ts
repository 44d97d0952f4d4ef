/** Tells every open window what happens, and remembers the last events for those that were away for a moment. */
import type { GatewayEvent } from '../contract/events.ts';

/** An event with its place in the order. Ids grow by one, and never go back over a restart of the process. */
export interface NumberedEvent {
  readonly id: number;
  readonly event: GatewayEvent;
}

/** Called at once and in order; must not throw. */
export type EventListener = (item: NumberedEvent) => void;

/** The listening side. */
export interface EventFeed {
  /** The id of the newest event. */
  readonly lastId: number;
  /**
   * Hands over every event after `afterId`, at first those that are remembered, then those to come. What is no longer
   * remembered, or was never ours, is one `resync`. Null begins with the next event.
   * @returns a function that ends the subscription
   */
  subscribe(afterId: number | null, listener: EventListener): () => void;
}

export interface EventBus extends EventFeed {
  publish(event: GatewayEvent): void;
  /** As `publish`, but when nobody listens the event is not even made; who comes back after it is told to resync. */
  publishIfHeard(makeEvent: () => GatewayEvent): void;
}

export interface EventBusOptions {
  /** How many events are remembered. */
  readonly capacity: number;
  /** Milliseconds since 1970; ids begin at a thousand times this, above those of any earlier process. */
  readonly startedAtMs?: number;
}

/** Makes an event bus. Publishing without subscribers costs one assignment. */
export function createEventBus({ capacity, startedAtMs = Date.now() }: EventBusOptions): EventBus {
  const listeners = new Set<EventListener>();
  let remembered: NumberedEvent[] = [];
  let lastId = startedAtMs * 1000;
  let firstRemembered = lastId + 1;

  const publish = (event: GatewayEvent): void => {
    lastId += 1;
    const item = { id: lastId, event };
    remembered[lastId % capacity] = item;
    if (lastId - firstRemembered >= capacity) firstRemembered = lastId - capacity + 1;
    for (const listener of listeners) listener(item);
  };

  const publishIfHeard = (makeEvent: () => GatewayEvent): void => {
    if (listeners.size > 0) return publish(makeEvent());
    lastId += 1;
    firstRemembered = lastId + 1;
    if (remembered.length > 0) remembered = [];
  };

  const replay = (afterId: number, listener: EventListener): void => {
    if (afterId + 1 < firstRemembered || afterId > lastId) return listener({ id: lastId, event: { type: 'resync' } });
    for (let id = afterId + 1; id <= lastId; id += 1) {
      const item = remembered[id % capacity];
      if (item) listener(item);
    }
  };

  const subscribe = (afterId: number | null, listener: EventListener): (() => void) => {
    if (afterId !== null) replay(afterId, listener);
    const own: EventListener = (item) => listener(item);
    listeners.add(own);
    return () => void listeners.delete(own);
  };

  return {
    publish,
    publishIfHeard,
    subscribe,
    get lastId() {
      return lastId;
    },
  };
}
