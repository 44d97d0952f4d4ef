/** The only file that touches the shell's bridge, which a browser does not have. */
import type { DesktopBridge, DesktopScreen, DesktopState, ThemeChoice } from '../gateway/contract/desktop.ts';

declare global {
  interface Window {
    /** Put there by the preload script; the name is `desktopBridgeName` of gateway/contract/desktop-channels.ts. */
    readonly gatehouseDesktop?: DesktopBridge;
  }
}

/** The bridge with its answers checked. Each verb throws when the shell answers something else. */
export interface Desktop {
  state(): Promise<DesktopState>;
  /** @returns why it could not be opened, or null */
  openDataFolder(): Promise<string | null>;
  restartGateway(): Promise<DesktopState>;
  setTheme(theme: ThemeChoice): Promise<DesktopState>;
  onStateChange(listener: (state: DesktopState) => void): () => void;
  /** Something outside the window leads a person to a screen. */
  onOpenScreen(listener: (screen: DesktopScreen) => void): () => void;
}

export function findBridge(): DesktopBridge | undefined {
  return window.gatehouseDesktop;
}

/** @returns null in a browser, which has no bridge */
export async function openDesktop(bridge: DesktopBridge | undefined): Promise<Desktop | null> {
  if (!bridge) return null;
  // Only the app needs the schemas: a browser never loads them.
  const { desktopScreenSchema, desktopStateSchema, desktopVerbs } = await import('../gateway/contract/desktop.ts');
  return {
    state: async () => desktopStateSchema.parse(await bridge.state()),
    openDataFolder: async () => {
      const { opened, message } = desktopVerbs.openDataFolder.output.parse(await bridge.openDataFolder());
      return opened ? null : (message ?? 'The data folder could not be opened.');
    },
    restartGateway: async () => desktopStateSchema.parse(await bridge.restartGateway()),
    setTheme: async (theme) => desktopStateSchema.parse(await bridge.setTheme(theme)),
    onStateChange: (listener) => bridge.onStateChange((state) => listener(desktopStateSchema.parse(state))),
    onOpenScreen: (listener) => bridge.onOpenScreen((screen) => listener(desktopScreenSchema.parse(screen))),
  };
}
