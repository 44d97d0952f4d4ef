/** The built window over a made-up gateway with usage, budgets, prices, alerts and keys. */
import type { Browser, Page } from 'playwright';
import type { CallHandlers } from '../../gateway/contract/calls.ts';
import { controlToken, openFakeControl } from './fake-control.ts';
import { moneyControl } from './money-control.ts';
import { interfaceFolder, openWindow } from './open-window.ts';

export async function openMoney(browser: Browser | null, path: string, changes: Partial<CallHandlers> = {}) {
  const money = moneyControl(changes);
  const control = await openFakeControl({ uiDirectory: interfaceFolder, handlers: money.handlers });
  const opened = await openWindow(browser, `${control.listener.url}${path}#token=${controlToken}`);
  return {
    ...opened,
    money,
    bus: control.bus,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await control.listener.close();
    },
  };
}

export const dialog = (page: Page) => page.getByRole('dialog');
