/** The menu bar: what a system expects to find there, and the zoom that some people need. Hidden but for Alt outside macOS. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';

export function setApplicationMenu(): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (!app.isPackaged) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  const file: MenuItemConstructorOptions[] = [{ role: 'close' }, { role: 'quit' }];
  const first: MenuItemConstructorOptions =
    process.platform === 'darwin' ? { role: 'appMenu' } : { label: 'File', submenu: file };
  const rest: MenuItemConstructorOptions[] = [{ role: 'editMenu' }, { label: 'View', submenu: view }, { role: 'windowMenu' }];
  Menu.setApplicationMenu(Menu.buildFromTemplate([first, ...rest]));
}
