/** The models of the built-in provider: what each is for and which failure it rehearses. */

export type DemoTask = 'chat' | 'completion' | 'embedding';

/** `slow`: first byte late; `stall`: silence after some bytes; `cut`: the connection breaks after some bytes. */
export type DemoTrouble = 'slow' | 'stall' | 'cut';

export interface DemoModel {
  readonly id: string;
  readonly tasks: readonly DemoTask[];
  /** The HTTP status it always answers with; null when it answers properly. */
  readonly failure: number | null;
  readonly trouble: DemoTrouble | null;
}

const everything: readonly DemoTask[] = ['chat', 'completion', 'embedding'];

function answering(id: string, tasks: readonly DemoTask[], trouble: DemoTrouble | null = null): DemoModel {
  return { id, tasks, failure: null, trouble };
}

function failing(status: number): DemoModel {
  return { id: `error-${status}`, tasks: everything, failure: status, trouble: null };
}

export const demoModels: readonly DemoModel[] = [
  answering('hello', ['chat', 'completion']),
  answering('tools', ['chat']),
  answering('embed', ['embedding']),
  ...[400, 401, 429, 500, 529].map(failing),
  answering('slow', everything, 'slow'),
  answering('stall', everything, 'stall'),
  answering('cut', everything, 'cut'),
];
