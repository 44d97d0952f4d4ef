/** Loads recorded answers of real providers with what they mean, by the reader that lies beside them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What an answer means, read from its wire format by another program than ours. */
export interface Meaning {
  readonly text: string;
  /** The pieces of a stream's text, joined. */
  readonly deltaText?: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly { readonly name: string; readonly args: unknown }[];
  readonly finish: string | null;
  readonly usage: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly error: unknown;
}

export interface Recording {
  readonly id: string;
  readonly file: string;
  readonly stream: boolean;
  readonly status: number;
  readonly body: Buffer;
  readonly expected: Meaning;
}

const reader = join(import.meta.dirname, '../../../../../../shared/fixtures/reader/fixtures.mjs');

/** Are the recordings on this machine? */
export const haveRecordings = existsSync(reader);

/** The reader needs a package that this project has and its own folder has not, so it runs as a program with that one resolved. */
export function loadRecordings(): readonly Recording[] {
  const hook = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) =>
  next(name, name === 'yaml' ? { ...context, parentURL: ${JSON.stringify(import.meta.url)} } : context) });`;
  const program = `const { allFiles, loadFile } = await import(${JSON.stringify(pathToFileURL(reader).href)});
for (const { id, file, protocol, stream, status, bytes, expected, bad } of allFiles().flatMap(loadFile))
  if (protocol === 'openai-responses' && !bad && expected)
    process.stdout.write(JSON.stringify({ id, file, stream, status, body: bytes.toString('base64'), expected }) + '\\n');`;
  const hookUrl = `data:text/javascript,${encodeURIComponent(hook)}`;
  const output = execFileSync(process.execPath, ['--import', hookUrl, '--input-type=module', '-e', program], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const recording = JSON.parse(line);
      return { ...recording, body: Buffer.from(recording.body, 'base64') };
    });
}
