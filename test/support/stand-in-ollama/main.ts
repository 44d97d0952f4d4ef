/** The stand-in's program: `serve`, the inner `runner`, and `--version`, as `ollama` has them. */
import { dirname } from 'node:path';
import { readBehaviour } from './behaviour.ts';
import { serve } from './serve.ts';

const [, executable = '', command = ''] = process.argv;
const folder = dirname(executable);

if (command === 'serve') serve(folder, process.env);
// It notices nothing of its parent's end, as the real one does not.
else if (command === 'runner') setInterval(() => undefined, 60_000);
else if (command === '--version' || command === '-v') {
  process.stdout.write(`ollama version is ${readBehaviour(folder).version}\n`);
} else {
  process.stderr.write(`Error: unknown command "${command}" for "ollama"\n`);
  process.exitCode = 1;
}
