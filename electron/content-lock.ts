/** Locks what the window's content may do: no navigation away, no other window, no permission, nothing from the network. */
import { type App, Menu, type Session, type WebContents } from 'electron';
import { appOrigin, isOwnAddress } from './protocol.ts';

/** The page's own origin, the developer tools of an unpacked run, and what never leaves the process. */
const allowedProtocols: ReadonlySet<string> = new Set(['app:', 'devtools:', 'data:', 'blob:']);
/** Only to put text on the clipboard after a click, which Chromium asks for by this name. */
const allowedPermission = 'clipboard-sanitized-write';

/** Locks every content that this application ever makes. */
export function lockContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { readonly url: string; preventDefault(): void }) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    offerEditMenu(contents);
  });
}

/** Denies this session's permissions and devices, and every request that is not the interface's own. */
export function lockSession(session: Session): void {
  const isAllowed = (permission: string, origin: string) => permission === allowedPermission && origin === appOrigin;
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isAllowed(permission, isOwnAddress(requestingUrl) ? appOrigin : '')),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) =>
    isAllowed(permission, isOwnAddress(origin) ? appOrigin : ''),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !(URL.canParse(url) && allowedProtocols.has(new URL(url).protocol)) });
  });
}

/** Copy and paste by right click, which Electron leaves to the application. */
function offerEditMenu(contents: WebContents): void {
  contents.on('context-menu', (_event, { isEditable, selectionText, editFlags }) => {
    if (!isEditable && selectionText === '') return;
    const edit = [
      { role: 'cut', enabled: editFlags.canCut },
      { role: 'copy', enabled: editFlags.canCopy },
      { role: 'paste', enabled: editFlags.canPaste },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ] as const;
    Menu.buildFromTemplate(isEditable ? [...edit] : [edit[1]]).popup();
  });
}
