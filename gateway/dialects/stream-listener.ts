/** Listens beside a stream that passes through: what every dialect's listener has in common. */
import type { Usage } from '../chat/usage.ts';
import type { StreamReader, StreamStep } from './dialect.ts';
import { rawJson } from './json/raw-json.ts';

/** What was heard so far; whoever reads an event writes it down here. */
export interface Heard {
  usage: Usage | null;
  /** The upstream's own usage object. */
  rawUsage: unknown;
  errorMessage: string | null;
  /** Is the error in the dialect's own shape, so that it may be passed on as it came? */
  errorIsSound: boolean;
}

export interface ListenerParts {
  /**
   * Stands somewhere in every block that needs reading, and in few others. One pass over the block as one-byte text was
   * measured to cost less than half of several searches in its bytes.
   */
  readonly telling: RegExp;
  /** @param event the event's name, null when it has none */
  read(data: string, event: string | null, heard: Heard): StreamStep;
  /** For a dialect without a terminal event: may the stream end here? */
  mayEnd?(): boolean;
}

/** @returns a listener for one stream */
export function listenToStream({ telling, read, mayEnd }: ListenerParts): StreamReader {
  const heard: Heard = { usage: null, rawUsage: null, errorMessage: null, errorIsSound: false };
  return {
    concerns: (block) => telling.test(block.toString('latin1')),
    read: (data, event) => read(data, event, heard),
    get mayEnd() {
      return mayEnd?.() ?? false;
    },
    get usage() {
      return heard.usage;
    },
    get rawUsageJson() {
      return rawJson(heard.rawUsage);
    },
    get errorMessage() {
      return heard.errorMessage;
    },
    get errorIsSound() {
      return heard.errorIsSound;
    },
  };
}
