/** Which of the shell's environment variables the gateway's process gets. Pure. */

/** They decide how a process runs, belong to a display, or hold a secret that is handed over by other means. */
const withheld =
  /^(?:NODE_|ELECTRON_|CHROME_|LD_|DYLD_|NPM_CONFIG_|npm_|GATEHOUSE_(?:KEY|CONTROL_TOKEN|NODE)$|DISPLAY$|WAYLAND_DISPLAY$|XAUTHORITY$|INIT_CWD$)/;

/** Kept among those: certificates that a person trusts. */
const kept: ReadonlySet<string> = new Set(['NODE_EXTRA_CA_CERTS']);

type Environment = Readonly<Record<string, string | undefined>>;

/** A config may name any variable as `env:<NAME>`, so the rest goes along. */
export function gatewayEnvironment(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (kept.has(entry[0]) || !withheld.test(entry[0])),
  );
  return Object.fromEntries(entries);
}
