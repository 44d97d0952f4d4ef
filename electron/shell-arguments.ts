/** What was typed after `--`: how the gateway is run behind the window. Pure. */

export interface ShellArguments {
  /** `start` makes a first key and prints it, with a curl, for the person at the terminal. */
  readonly command: 'start' | 'serve';
  /** Passed on to the gateway as they are. */
  readonly flags: readonly string[];
  /** Does a program read our stdout? Then it gets the gateway's ready line. */
  readonly json: boolean;
}

/** @param argv the whole command line; what comes before `--` is Electron's */
export function readShellArguments(argv: readonly string[]): ShellArguments {
  const separator = argv.indexOf('--');
  const [first, ...rest] = separator < 0 ? [] : argv.slice(separator + 1);
  const command = first === 'start' ? 'start' : 'serve';
  const flags = first === undefined || first === 'start' || first === 'serve' ? rest : [first, ...rest];
  return { command, flags, json: flags.includes('--json') };
}

/** The gateway's own command line. In the window nobody needs to know the control port. */
export function gatewayArguments({ command, flags }: ShellArguments, hasControlPort: boolean): string[] {
  const named = hasControlPort || flags.some((flag) => flag === '--control-port' || flag.startsWith('--control-port='));
  return [command, '--handover', ...flags, ...(named ? [] : ['--control-port', '0'])];
}
