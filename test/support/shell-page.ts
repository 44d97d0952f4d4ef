/** What a person sees and does in the launched shell beside its page: the tray's menu; and calls as the page makes them. */
import type { Page } from 'playwright';
import type { RunningShell } from './launch-shell.ts';

/** Calls the gateway as the page does: without a token. @returns the answer, with its HTTP status */
export function callAsPage(page: Page, name: string, input: object = {}): Promise<unknown> {
  return page.evaluate(
    async ({ call, body }) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`/control/calls/${call}`, { method: 'POST', headers, body });
      const answer: object = JSON.parse(await response.text());
      return { status: response.status, ...answer };
    },
    { call: name, body: JSON.stringify(input) },
  );
}

interface Shown {
  readonly label?: string;
  readonly enabled?: boolean;
  click?(): void;
}

/** Keeps what the next menus are made of, as a person would see them. */
export async function recordTray({ app }: RunningShell): Promise<void> {
  await app.evaluate(({ Menu }) => {
    const build = Menu.buildFromTemplate.bind(Menu);
    Menu.buildFromTemplate = (template) => {
      Reflect.set(globalThis, 'lastMenu', template);
      return build(template);
    };
  });
}

/** The lines of the menu that was made last since `recordTray`. */
export function trayLabels({ app }: RunningShell): Promise<string[]> {
  return app.evaluate(() => {
    const menu: Shown[] = Reflect.get(globalThis, 'lastMenu') ?? [];
    return menu.flatMap(({ label, enabled }) => (label === undefined ? [] : [`${label}${enabled === false ? ' (off)' : ''}`]));
  });
}

export async function chooseFromTray({ app }: RunningShell, label: string): Promise<void> {
  await app.evaluate((_electron, wanted) => {
    const menu: Shown[] = Reflect.get(globalThis, 'lastMenu') ?? [];
    menu.find((item) => item.label === wanted)?.click?.();
  }, label);
}
