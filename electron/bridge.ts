/** The main process's end of the bridge: every call is from the window's own page and fits its schema, or it is refused. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { desktopChannels } from '../gateway/contract/desktop-channels.ts';
import { type DesktopInput, type DesktopOutput, type DesktopVerb, desktopVerbs } from '../gateway/contract/desktop.ts';
import { isOwnAddress } from './protocol.ts';

export type DesktopHandlers = {
  readonly [V in DesktopVerb]: (input: DesktopInput<V>) => Promise<DesktopOutput<V>> | DesktopOutput<V>;
};

/** @param isOurs does the window hold this content? */
export function openBridge(handlers: DesktopHandlers, isOurs: (contents: Electron.WebContents) => boolean): void {
  const answer = <V extends DesktopVerb>(verb: V): void => {
    const { input }: { input: { parse(value: unknown): unknown } } = desktopVerbs[verb];
    const handler = handlers[verb] as (input: unknown) => unknown;
    ipcMain.handle(desktopChannels[verb], async (event, ...given: unknown[]) => {
      if (!isFromPage(event, isOurs)) throw new Error('Only the window of Gatehouse may ask this.');
      if (given.length > 1) throw new Error('This takes one argument at most.');
      return handler(input.parse(given[0]));
    });
  };
  answer('state');
  answer('openDataFolder');
  answer('restartGateway');
  answer('setTheme');
}

/** `senderFrame` is null for a frame that is gone by now. */
function isFromPage({ sender, senderFrame }: IpcMainInvokeEvent, isOurs: (contents: Electron.WebContents) => boolean): boolean {
  return senderFrame !== null && isOurs(sender) && senderFrame === sender.mainFrame && isOwnAddress(senderFrame.url);
}
