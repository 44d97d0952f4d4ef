/**
 * What a scripted model makes of one request, whatever its dialect: it has the agent's own tool
 * write two files at once, then a third, and says that it is done.
 */

/** A tool as an agent offers it. */
export interface OfferedTool {
  readonly name: string;
  /** Free text instead of JSON arguments. */
  readonly isCustom: boolean;
  /** JSON schema of its arguments. */
  readonly schema: Schema;
}

export interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** A request as the model reads it. */
export interface AskedTurn {
  readonly model: string;
  readonly isStream: boolean;
  readonly tools: readonly OfferedTool[];
  /** Texts of the results of calls, anywhere in the conversation. */
  readonly results: readonly string[];
  /** The seals of its reasoning that came back; null where the dialect has none, or none was asked for. */
  readonly seals: readonly string[] | null;
  /** Are thoughts asked for? */
  readonly wantsReasoning: boolean;
  readonly wantsJson: boolean;
  /** What the real provider would have refused. */
  readonly faults: readonly string[];
}

export interface ModelCall {
  readonly id: string;
  readonly tool: OfferedTool;
  /** JSON, or the free text of a custom tool. */
  readonly input: string;
}

/** What it answers; null thoughts where none were asked for. */
export interface ModelTurn {
  readonly model: string;
  readonly isStream: boolean;
  readonly thoughts: string | null;
  readonly text: string;
  readonly calls: readonly ModelCall[];
  /** What only the provider understands of its reasoning, and wants back. */
  readonly seal: string;
}

export interface AgentTask {
  /** Absolute paths of the files to be written: the first two at once. */
  readonly files: readonly [string, string, string];
  readonly content: string;
}

/** Shown by the agent when all is done. */
export const finalText = 'The note is written – all done 🍏.';
export const spokenBefore = 'I shall write the note now.';
export const thoughts = 'The person wants a note. A tool can write it.';
/** By the number of tool results that the answer followed. */
const sealAfter = (results: number) => Buffer.from(`the seal of the scripted model after ${results} results`).toString('base64');

/** Counts of every answer: 900 of its 1200 input tokens are cached, 7 of the output are thoughts. */
export const counts = { input: 1200, cached: 900, output: 40, reasoning: 7 } as const;

/** Calls the tool that writes while a file is missing; a side request without such a tool gets a short text. */
export function decideTurn(asked: AskedTurn, task: AgentTask, prefer: readonly string[]): ModelTurn {
  const { model, isStream } = asked;
  const seal = sealAfter(asked.results.length);
  const reasoned = { model, isStream, seal, thoughts: asked.wantsReasoning ? thoughts : null };
  if (asked.results.length >= task.files.length) return { ...reasoned, text: finalText, calls: [] };
  const numbers = asked.results.length === 0 ? [0, 1] : [2];
  const calls = numbers.flatMap((number) => pickCall(asked.tools, task, number, prefer) ?? []);
  if (calls.length > 0) return { ...reasoned, text: spokenBefore, calls };
  return { ...reasoned, text: asked.wantsJson ? '{"title":"A short note"}' : 'A short note', calls: [] };
}

/** Names by which agents know a tool that can write a file, the surest first. */
const writers = [
  'write_file',
  'write',
  'create_file',
  'apply_patch',
  'exec_command',
  'shell_command',
  'run_shell_command',
  'bash',
  'shell',
];

/** The seals that must have come back by now and have not. */
export function missingSeals({ results, seals }: AskedTurn): string[] {
  if (seals === null || results.length === 0) return [];
  const wanted = results.length < 3 ? [0] : [0, 2];
  return wanted
    .filter((count) => !seals.includes(sealAfter(count)))
    .map((count) => `the seal after ${count} results did not come back`);
}

function pickCall(tools: readonly OfferedTool[], task: AgentTask, number: number, prefer: readonly string[]): ModelCall | null {
  const file = task.files[number];
  for (const wanted of [...prefer, ...writers]) {
    const tool = tools.find(({ name }) => name.toLowerCase() === wanted || name.toLowerCase().endsWith(`__${wanted}`));
    if (tool && file !== undefined)
      return { id: `call_write_${number}`, tool, input: inputFor(tool, wanted, file, task.content) };
  }
  return null;
}

function inputFor(tool: OfferedTool, wanted: string, file: string, content: string): string {
  const patch = `*** Begin Patch\n*** Add File: ${file}\n${content.replace(/^(?=.)/gm, '+')}*** End Patch\n`;
  const command = `printf '%s' '${content}' > '${file}'`;
  // Some models write programs that call the other tools.
  const program = `text(await tools.exec_command(${JSON.stringify({ cmd: command })}));`;
  const freeText = wanted === 'exec' ? program : patch;
  if (tool.isCustom) return freeText;
  const words: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(['file_path', 'filePath', 'filepath', 'path', 'absolute_path'].map((name) => [name, file])),
    ...Object.fromEntries(['content', 'contents', 'file_text', 'text'].map((name) => [name, content])),
    input: freeText,
    patchText: patch,
    cmd: command,
    command,
    description: 'Writes the note',
  };
  const properties = Object.entries(tool.schema.properties ?? {});
  const required = tool.schema.required ?? [];
  const filled = properties.flatMap(([name, schema]) => {
    const value = name in words ? words[name] : required.includes(name) ? filler(schema) : undefined;
    if (value === undefined) return [];
    return [[name, typeOf(schema) === 'array' && typeof value === 'string' ? ['bash', '-lc', value] : value]];
  });
  return JSON.stringify(Object.fromEntries(filled));
}

/** Types come as one word, in capitals from Gemini's clients, or as a list with null in it. */
function typeOf({ type }: Schema): string {
  const words: readonly unknown[] = Array.isArray(type) ? type : [type];
  return String(words.find((word) => word !== 'null') ?? '').toLowerCase();
}

/** Some value that a required argument takes. */
function filler(schema: Schema): unknown {
  if (schema.enum) return schema.enum[0];
  const values: Readonly<Record<string, unknown>> = { boolean: false, number: 0, integer: 0, array: [], object: {} };
  return values[typeOf(schema)] ?? 'note';
}

/** Pieces of a few characters, as models stream them; never half of a pair of surrogates. */
export function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,9}/gu) ?? [];
}
