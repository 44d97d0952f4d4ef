/** Names the moments of an exchange that matter for what survives a crash, for whoever subscribes. Free when nobody does. */
import { channel } from 'node:diagnostics_channel';

export type Checkpoint = 'row-handed-over' | 'first-upstream-byte' | 'last-token' | 'row-committed' | 'last-byte-sent';

/** Subscribers receive `{ checkpoint, requestId }`. */
export const exchangeChannelName = 'gatehouse:exchange';

const exchangeChannel = channel(exchangeChannelName);

export function passCheckpoint(checkpoint: Checkpoint, requestId: string): void {
  if (exchangeChannel.hasSubscribers) exchangeChannel.publish({ checkpoint, requestId });
}
