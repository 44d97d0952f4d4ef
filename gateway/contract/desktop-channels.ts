/** The names of the bridge between page and shell, without its schemas: the preload script holds these and nothing more. */

/** Where the page finds the bridge: `window.gatehouseDesktop`; absent in a browser. */
export const desktopBridgeName = 'gatehouseDesktop';

/** One channel for each verb; there is no channel that takes a verb as an argument. */
export const desktopChannels = {
  state: 'desktop:state',
  openDataFolder: 'desktop:open-data-folder',
  restartGateway: 'desktop:restart-gateway',
  setTheme: 'desktop:set-theme',
} as const;

/** The two channels from the shell to the page. */
export const desktopStateChannel = 'desktop:state-changed';
export const desktopScreenChannel = 'desktop:open-screen';
