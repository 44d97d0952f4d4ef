/** Runs sandboxed before the page and gives it the bridge: a few named functions, no channel names, no event objects. */
import { contextBridge, ipcRenderer } from 'electron';
import { desktopBridgeName, desktopChannels, desktopStateChannel } from '../gateway/contract/desktop-channels.ts';
import type { DesktopBridge } from '../gateway/contract/desktop.ts';

const bridge: DesktopBridge = {
  state: () => ipcRenderer.invoke(desktopChannels.state),
  openDataFolder: () => ipcRenderer.invoke(desktopChannels.openDataFolder),
  restartGateway: () => ipcRenderer.invoke(desktopChannels.restartGateway),
  setTheme: (theme) => ipcRenderer.invoke(desktopChannels.setTheme, theme),
  onStateChange: (listener) => {
    const hear = (_event: unknown, state: unknown): void => listener(state);
    ipcRenderer.on(desktopStateChannel, hear);
    return () => {
      ipcRenderer.off(desktopStateChannel, hear);
    };
  },
};

contextBridge.exposeInMainWorld(desktopBridgeName, bridge);
