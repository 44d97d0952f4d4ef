/** The link to the program that started this one: it hands over the secrets, asks for the end, and is not outlived. */
import { createInterface } from 'node:readline';
import { type Handover, type MessageToGateway, messageToGatewaySchema } from './contract/process-messages.ts';

export interface ParentLink {
  /** What the parent handed over. Rejects with a sentence when nothing comes, or something else. */
  readonly handover: Promise<Handover>;
  /** @param gone called when the parent has ended or closed the link */
  follow(listener: { stop(): void; gone(): void }): void;
}

/** Where messages come from; `onEnd` where the link itself tells that the parent is gone. */
interface MessageSource {
  onMessage(take: (message: unknown) => void): void;
  onEnd(gone: () => void): void;
}

const patienceMs = 10_000;

/**
 * Opens the link: over the message port where Electron started this process (there the parent's end is this one's too),
 * else as JSON lines over stdin.
 */
export function openParentLink(source: MessageSource = messagePort() ?? standardInput()): ParentLink {
  const handover = Promise.withResolvers<Handover>();
  const early: ('stop' | 'gone')[] = [];
  let tell = (what: 'stop' | 'gone'): void => void early.push(what);
  const timer = setTimeout(
    () => handover.reject(new Error('The program that started this one with --handover handed nothing over.')),
    patienceMs,
  );
  void handover.promise.catch(() => undefined).finally(() => clearTimeout(timer));
  source.onMessage((given) => {
    const message = readMessage(given);
    if (message === null) handover.reject(new Error('The program that started this one sent a message that is not known here.'));
    else if (message.type === 'handover') handover.resolve(message);
    else tell('stop');
  });
  source.onEnd(() => {
    handover.reject(new Error('The program that started this one ended before it handed anything over.'));
    tell('gone');
  });
  return {
    handover: handover.promise,
    follow(listener) {
      tell = (what) => listener[what]();
      for (const what of early.splice(0)) listener[what]();
    },
  };
}

function readMessage(given: unknown): MessageToGateway | null {
  const parsed = messageToGatewaySchema.safeParse(given);
  return parsed.success ? parsed.data : null;
}

/** What Electron gives a process of its own; named here, since the gateway never imports Electron. */
interface ElectronPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

function messagePort(): MessageSource | null {
  const port: ElectronPort | undefined = Reflect.get(process, 'parentPort');
  if (!port) return null;
  return { onMessage: (take) => port.on('message', ({ data }) => take(data)), onEnd: () => undefined };
}

function standardInput(): MessageSource {
  const lines = createInterface(process.stdin);
  return {
    onMessage: (take) => lines.on('line', (line) => take(parseLine(line))),
    onEnd: (gone) => lines.on('close', gone),
  };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
