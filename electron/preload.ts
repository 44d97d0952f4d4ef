/** Runs sandboxed before the page and gives it the bridge: a few named functions, no channel names, no event objects. */
import { contextBridge, ipcRenderer } from 'electron';
import {
  desktopBridgeName,
  desktopChannels,
  desktopScreenChannel,
  desktopStateChannel,
} from '../gateway/contract/desktop-channels.ts';
import type { DesktopBridge } from '../gateway/contract/desktop.ts';

const bridge: DesktopBridge = {
  state: () => ipcRenderer.invoke(desktopChannels.state),
  openDataFolder: () => ipcRenderer.invoke(desktopChannels.openDataFolder),
  restartGateway: () => ipcRenderer.invoke(desktopChannels.restartGateway),
  setTheme: (theme) => ipcRenderer.invoke(desktopChannels.setTheme, theme),
  onStateChange: (listener) => follow(desktopStateChannel, listener),
  onOpenScreen: (listener) => follow(desktopScreenChannel, listener),
};

/** Hands on what comes by a channel, without the event it comes with. @returns a function that ends it */
function follow(channel: string, listener: (value: unknown) => void): () => void {
  const hear = (_event: unknown, value: unknown): void => listener(value);
  ipcRenderer.on(channel, hear);
  return () => {
    ipcRenderer.off(channel, hear);
  };
}

contextBridge.exposeInMainWorld(desktopBridgeName, bridge);
