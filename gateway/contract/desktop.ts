/** What the page may ask of the shell around it: only what a browser does not have, each verb harmless by itself. */
import { z } from 'zod';

/**
 * How well the key of the stored secrets is kept. `protected`: the system's key store wraps it. `unprotected`: there is
 * none, and whoever reads this user's files can read it. `unavailable`: the store that wraps it does not answer now; it
 * is asked again. `given`: it came from the environment. `message` says it in one sentence, with what to do.
 */
export const keyProtectionSchema = z.object({
  state: z.enum(['protected', 'unprotected', 'unavailable', 'given']),
  /** In words: `the macOS Keychain`, `the GNOME keyring`. */
  keptIn: z.string(),
  message: z.string(),
});
export type KeyProtection = z.infer<typeof keyProtectionSchema>;

/**
 * The gateway's process as the shell sees it; whether the gateway listens is in `status.get`. `waiting`: it ended and
 * starts again at `retryAtMs`. `failed`: it does not start again by itself. `message` is null while all is well.
 */
export const gatewayProcessSchema = z.object({
  state: z.enum(['starting', 'running', 'waiting', 'failed', 'stopping', 'stopped']),
  message: z.string().nullable(),
  retryAtMs: z.number().int().nullable(),
});
export type GatewayProcess = z.infer<typeof gatewayProcessSchema>;

export const themeChoiceSchema = z.enum(['system', 'light', 'dark']);
export type ThemeChoice = z.infer<typeof themeChoiceSchema>;

export const desktopStateSchema = z.object({
  /** As Node names it. */
  platform: z.enum(['darwin', 'linux', 'win32', 'other']),
  version: z.string(),
  /** Does closing the window leave the gateway running in the tray? Without a tray, closing ends the application. */
  closesToTray: z.boolean(),
  theme: themeChoiceSchema,
  keyProtection: keyProtectionSchema,
  gatewayProcess: gatewayProcessSchema,
});
export type DesktopState = z.infer<typeof desktopStateSchema>;

/** The screens that something outside the window leads to, by their addresses: a notification, a line of the tray. */
export const desktopScreenSchema = z.enum(['/usage']);
export type DesktopScreen = z.infer<typeof desktopScreenSchema>;

/** Both sides of every verb. A verb takes one argument or none (`undefined`). */
export const desktopVerbs = {
  state: { input: z.undefined(), output: desktopStateSchema },
  /** Shows the data folder in the system's file browser; `opened` is false while the gateway has not told where it is. */
  openDataFolder: { input: z.undefined(), output: z.object({ opened: z.boolean(), message: z.string().nullable() }) },
  /** Starts the gateway's process again after it failed, and asks the key store again; does nothing while it runs. */
  restartGateway: { input: z.undefined(), output: desktopStateSchema },
  setTheme: { input: themeChoiceSchema, output: desktopStateSchema },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type DesktopVerb = keyof typeof desktopVerbs;
export type DesktopInput<V extends DesktopVerb> = z.output<(typeof desktopVerbs)[V]['input']>;
export type DesktopOutput<V extends DesktopVerb> = z.output<(typeof desktopVerbs)[V]['output']>;

/** The bridge as the page holds it. Answers come unchecked through the preload script: parse them with `desktopVerbs`. */
export interface DesktopBridge {
  state(): Promise<unknown>;
  openDataFolder(): Promise<unknown>;
  restartGateway(): Promise<unknown>;
  setTheme(theme: ThemeChoice): Promise<unknown>;
  /** Calls back with a new `DesktopState` (parse it) after each change. @returns a function that ends it */
  onStateChange(listener: (state: unknown) => void): () => void;
  /** Calls back with a `DesktopScreen` (parse it) that a person wants to see. @returns a function that ends it */
  onOpenScreen(listener: (screen: unknown) => void): () => void;
}
