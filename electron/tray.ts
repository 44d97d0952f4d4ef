/** The tray icon and its menu, redrawn only when what they say has changed. */
import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import { type TrayAction, type TrayFacts, type TrayIcon, type TrayItem, type TrayView, trayView } from './tray-menu.ts';

export interface TrayPlace {
  show(facts: TrayFacts): void;
}

const iconFolder = join(import.meta.dirname, '..', '..', 'resources', 'icons');

/** @param act does what a person chose */
export function openTray(act: (action: TrayAction) => void): TrayPlace {
  let tray: Tray | null = null;
  let shown = '';
  const draw = (view: TrayView): void => {
    const image = trayImage(view.icon);
    if (tray) tray.setImage(image);
    else {
      tray = new Tray(image);
      // On macOS a click opens the menu.
      if (process.platform !== 'darwin') tray.on('click', () => act('open'));
    }
    tray.setToolTip(view.title);
    // Linux shows a change only when the menu is set anew.
    tray.setContextMenu(Menu.buildFromTemplate(view.items.map((item) => menuItem(item, act))));
  };
  return {
    show(facts) {
      const view = trayView(facts);
      const text = JSON.stringify(view);
      if (text === shown) return;
      shown = text;
      draw(view);
    },
  };
}

function menuItem(item: TrayItem, act: (action: TrayAction) => void): MenuItemConstructorOptions {
  if (item.kind === 'separator') return { type: 'separator' };
  const { label, enabled, action } = item;
  return action === null ? { label, enabled } : { label, enabled, click: () => act(action) };
}

/** macOS tints a template to its menu bar; elsewhere the icon brings an outline that shows on light and dark. */
function trayImage(icon: TrayIcon): Electron.NativeImage {
  const name = process.platform === 'darwin' ? `tray-${icon}-template.png` : `tray-${icon}.png`;
  const image = nativeImage.createFromPath(join(iconFolder, name));
  image.setTemplateImage(process.platform === 'darwin');
  return image;
}
