/** Holds the page's side of the shell's bridge to the contract: answers are checked, a browser has none. */
import { describe, expect, test } from 'vitest';
import type { DesktopBridge, DesktopState } from '../../../gateway/contract/desktop.ts';
import { openDesktop } from '../../../renderer/desktop.ts';
import { shellProblems } from '../../../renderer/stores/problems.ts';

const state: DesktopState = {
  platform: 'linux',
  version: '0.1.0',
  closesToTray: true,
  theme: 'dark',
  keyProtection: { state: 'protected', keptIn: 'the GNOME keyring', message: 'The key is kept in the GNOME keyring.' },
  gatewayProcess: { state: 'running', message: null, retryAtMs: null },
};

function bridgeOf(changes: Partial<DesktopBridge> = {}): DesktopBridge {
  return {
    state: async () => state,
    openDataFolder: async () => ({ opened: true, message: null }),
    restartGateway: async () => state,
    setTheme: async (theme) => ({ ...state, theme }),
    onStateChange: () => () => undefined,
    onOpenScreen: () => () => undefined,
    ...changes,
  };
}

describe('the bridge', () => {
  test('is null in a browser', async () => {
    expect(await openDesktop(undefined)).toBeNull();
  });

  test('hands on what fits the contract and refuses anything else', async () => {
    const good = await openDesktop(bridgeOf());
    expect(await good?.setTheme('light')).toEqual({ ...state, theme: 'light' });
    const bad = await openDesktop(bridgeOf({ state: async () => ({ ...state, theme: 'pink' }) }));
    await expect(bad?.state()).rejects.toThrow('theme');
  });

  test('says why the data folder was not opened', async () => {
    const message = 'No file browser answers.';
    const desktop = await openDesktop(bridgeOf({ openDataFolder: async () => ({ opened: false, message }) }));
    expect(await desktop?.openDataFolder()).toBe(message);
    expect(await (await openDesktop(bridgeOf()))?.openDataFolder()).toBeNull();
  });
});

describe('what only the shell knows', () => {
  test.each([
    ['nothing when all is well', state, []],
    ['nothing in a browser', null, []],
    [
      'a key that is not protected, in the shell’s words',
      { ...state, keyProtection: { ...state.keyProtection, state: 'unprotected', message: 'No key store answers.' } },
      ['No key store answers.'],
    ],
    [
      'a gateway process that ended',
      { ...state, gatewayProcess: { state: 'failed', message: 'It ended three times.', retryAtMs: null } },
      ['It ended three times.'],
    ],
  ] as const)('needs attention: %s', (_what, given, messages) => {
    expect(shellProblems(given).map(({ message }) => message)).toEqual(messages);
  });
});
