/** What was typed and what the environment says, read once: a command with its options, or one sentence about what is wrong. */
import { parseArgs } from 'node:util';
import type { ConfigOverride } from './overrides.ts';

/** The environment variables that hold secrets; the program takes them out of its environment once they are read. */
export const secretVariables = ['GATEHOUSE_KEY', 'GATEHOUSE_CONTROL_TOKEN'] as const;

export interface CommandLineOptions {
  /** As typed, perhaps relative to the working folder; null means the usual place of this system. */
  readonly dataFolder: string | null;
  /** As typed; null means `config.json` in the data folder. */
  readonly configFile: string | null;
  readonly controlHost: '127.0.0.1';
  readonly controlPort: number;
  readonly json: boolean;
  /** The program that started this one hands over the secrets, and this one ends with it. */
  readonly handover: boolean;
  readonly overrides: readonly ConfigOverride[];
}

/** Kept apart from the options, so that the options may be logged. */
export interface GivenSecrets {
  readonly controlToken: string | null;
  /** 32 bytes. */
  readonly dataKey: Buffer | null;
}

export type CommandLine =
  | { readonly command: 'start' | 'serve'; readonly options: CommandLineOptions; readonly secrets: GivenSecrets }
  | { readonly command: 'help'; readonly text: string }
  | { readonly command: 'version' }
  | { readonly problem: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value with the flag or variable that gave it. */
interface Given {
  readonly value: string;
  readonly source: string;
}

const commands = ['start', 'serve'] as const;
const valueFlags = ['port', 'control-port', 'host', 'control-host', 'data', 'config'] as const;
const switchFlags = ['json', 'handover', 'help', 'version'] as const;
type ValueFlag = (typeof valueFlags)[number];
type SwitchFlag = (typeof switchFlags)[number];

const twins: Readonly<Partial<Record<ValueFlag, string>>> = {
  port: 'GATEHOUSE_PORT',
  'control-port': 'GATEHOUSE_CONTROL_PORT',
  data: 'GATEHOUSE_DATA',
  config: 'GATEHOUSE_CONFIG',
};

const defaultControlPort = 4284;
const loopbackHosts: readonly string[] = ['127.0.0.1', 'localhost', '::1', '[::1]'];

export const helpText = `Gatehouse: one address on this machine for every AI call it makes.

Usage: npm start -- [flags]            run; in a new data folder also make a first client key and print a curl to try it with
       npm run -s serve -- [flags]     run without a window, for servers and scripts

Flags (a flag wins over its environment variable):
  --port N            port that clients use, 0 for any free one       GATEHOUSE_PORT          (4283, or the config's)
  --control-port N    port of the web interface, 0 for any free one   GATEHOUSE_CONTROL_PORT  (4284)
  --host HOST         address that clients use; only this machine's loopback
  --control-host HOST address of the web interface; only this machine's loopback
  --data FOLDER       where everything is kept                        GATEHOUSE_DATA
  --config FILE       the config document to live by                  GATEHOUSE_CONFIG        (config.json in the data folder)
  --json              print one line of JSON when ready
  --handover          for a program that starts this one: read the secrets from it, and end when it ends
  --help              print this
  --version           print the version

Environment only:
  GATEHOUSE_KEY            key of the vault: 32 bytes in base64
  GATEHOUSE_CONTROL_TOKEN  token of the web interface and the control calls (random when not given)
`;

/**
 * Reads the command line and its twins in the environment. Pure: nothing is looked up, opened or changed.
 * @param argv what follows the program's name
 */
export function parseCommandLine(argv: readonly string[], environment: Environment): CommandLine {
  const typed = readArguments(argv);
  if (typeof typed === 'string') return { problem: typed };
  if (typed.switches.has('help')) return { command: 'help', text: helpText };
  if (typed.switches.has('version')) return { command: 'version' };
  const command = commandOf(typed.words);
  if ('problem' in command) return command;
  const options = buildOptions(typed.values, environment, typed.switches);
  if ('problem' in options) return options;
  const secrets = readSecrets(environment);
  if ('problem' in secrets) return secrets;
  return { command: command.name, options, secrets };
}

interface Typed {
  readonly words: string[];
  readonly values: Map<ValueFlag, string>;
  readonly switches: Set<SwitchFlag>;
}

/** Sorts the arguments, or says what is wrong with the first bad one. */
function readArguments(argv: readonly string[]): Typed | string {
  const options = Object.fromEntries([
    ...valueFlags.map((name) => [name, { type: 'string' as const }]),
    ...switchFlags.map((name) => [
      name,
      name === 'help' ? { type: 'boolean' as const, short: 'h' } : { type: 'boolean' as const },
    ]),
  ]);
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const typed: Typed = { words: [], values: new Map(), switches: new Set() };
  for (const token of tokens) {
    if (token.kind === 'positional') typed.words.push(token.value);
    if (token.kind !== 'option') continue;
    const problem = readFlag(typed, token);
    if (problem) return problem;
  }
  return typed;
}

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readFlag(typed: Typed, token: FlagToken): string | null {
  const { name, rawName, value } = token;
  if (isOneOf(switchFlags, name)) {
    if (value !== undefined) return `${rawName} takes no value.`;
    typed.switches.add(name);
    return null;
  }
  if (!isOneOf(valueFlags, name)) return `${rawName} is not a known flag; --help lists them.`;
  if (!value || (!token.inlineValue && value.startsWith('-'))) return `${rawName} needs a value, as in ${rawName}=VALUE.`;
  if (typed.values.has(name)) return `${rawName} is given more than once; say it once.`;
  typed.values.set(name, value);
  return null;
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

function commandOf(words: readonly string[]): { readonly name: 'start' | 'serve' } | { readonly problem: string } {
  const [name, extra] = words;
  if (name === undefined) return { problem: 'Say what to run: start or serve; --help tells more.' };
  if (!isOneOf(commands, name)) return { problem: `"${name}" is not a command; say start or serve.` };
  if (extra !== undefined)
    return { problem: `"${extra}" is one word too many; every flag begins with --, and --help lists them.` };
  return { name };
}

function buildOptions(
  values: ReadonlyMap<ValueFlag, string>,
  environment: Environment,
  switches: ReadonlySet<SwitchFlag>,
): CommandLineOptions | { readonly problem: string } {
  const given = (flag: ValueFlag): Given | null => findGiven(flag, values, environment);
  const port = readPort(given('port'));
  const controlPort = readPort(given('control-port'));
  const problem = problemOf(port) ?? problemOf(controlPort) ?? hostProblem(given('host')) ?? hostProblem(given('control-host'));
  if (problem) return { problem };
  return {
    dataFolder: given('data')?.value ?? null,
    configFile: given('config')?.value ?? null,
    controlHost: '127.0.0.1',
    controlPort: typeof controlPort === 'number' ? controlPort : defaultControlPort,
    json: switches.has('json'),
    handover: switches.has('handover'),
    overrides: [
      ...overrideOf('listen.host', given('host'), '127.0.0.1'),
      ...(typeof port === 'number' ? overrideOf('listen.port', given('port'), port) : []),
    ],
  };
}

/** The flag, else its twin. An empty variable counts as not set, as container files often leave them. */
function findGiven(flag: ValueFlag, values: ReadonlyMap<ValueFlag, string>, environment: Environment): Given | null {
  const typed = values.get(flag);
  if (typed !== undefined) return { value: typed, source: `--${flag}` };
  const variable = twins[flag];
  const value = variable ? environment[variable] : undefined;
  return variable && value ? { value, source: variable } : null;
}

function readPort(given: Given | null): number | null | { readonly problem: string } {
  if (!given) return null;
  const port = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (port <= 65_535) return port;
  return { problem: `${given.source} must be a port from 0 to 65535, not "${given.value}".` };
}

function problemOf(port: number | null | { readonly problem: string }): string | null {
  return port !== null && typeof port === 'object' ? port.problem : null;
}

function hostProblem(given: Given | null): string | null {
  if (!given || loopbackHosts.includes(given.value)) return null;
  return `${given.source} must be 127.0.0.1, localhost or ::1, not "${given.value}": Gatehouse only listens on this machine.`;
}

function overrideOf(path: string, given: Given | null, value: string | number): readonly ConfigOverride[] {
  return given ? [{ path, value, source: given.source }] : [];
}

/** An empty secret is refused: it would look like protection and be none. */
function readSecrets(environment: Environment): GivenSecrets | { readonly problem: string } {
  const token = environment.GATEHOUSE_CONTROL_TOKEN ?? null;
  if (token !== null && !/^[\x21-\x7e]{1,512}$/.test(token)) {
    return {
      problem: 'GATEHOUSE_CONTROL_TOKEN must be 1 to 512 printable characters without spaces; leave it unset for a random one.',
    };
  }
  const key = environment.GATEHOUSE_KEY?.trim() ?? null;
  if (key !== null && !/^[A-Za-z0-9+/]{43}=?$/.test(key)) {
    return { problem: 'GATEHOUSE_KEY must be 32 bytes in base64, as "openssl rand -base64 32" prints them.' };
  }
  return { controlToken: token, dataKey: key === null ? null : Buffer.from(key, 'base64') };
}
