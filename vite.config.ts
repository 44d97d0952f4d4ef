/** How each process is built into plain JavaScript, and how the tests run. */
import { builtinModules } from 'node:module';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const minute = 60_000;

/** What stays outside the bundle: Node's own modules and the package with native code. */
const outside = [/^node:/, ...builtinModules, 'better-sqlite3'];

/** The shell's two bundles are CommonJS: a sandboxed preload script can be nothing else, and one kind is enough. */
function shellBundle(name: 'electron' | 'preload', input: string) {
  return {
    consumer: 'server' as const,
    resolve: { noExternal: true as const, external: ['electron'] },
    build: {
      outDir: `dist/${name}`,
      emptyOutDir: true,
      ssr: true,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input,
        external: [/^node:/, ...builtinModules, 'electron'],
        output: { format: 'cjs' as const, entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}

/** @param maxWorkers how many files run at once: a number, or a part of this machine's cores */
function project(name: string, include: readonly string[], groupOrder: number, maxWorkers: number | string) {
  const testTimeout = name === 'unit' ? minute / 6 : isFull ? 20 * minute : 2 * minute;
  return {
    test: {
      name,
      include: [...include],
      testTimeout,
      hookTimeout: minute,
      sequence: { groupOrder },
      maxWorkers,
      maxConcurrency: 2,
    },
  };
}

/**
 * Which tests there are, one project after the other. Those of integration mostly wait, so that three at once do not disturb each
 * other; what measures or loads the machine is in a folder `alone`.
 */
const test = {
  projects: [
    project('unit', ['test/architecture.test.ts', 'test/unit/**/*.test.ts'], 1, '100%'),
    project('integration', ['test/integration/*.test.ts'], 2, 3),
    project('e2e', ['test/e2e/*.test.ts'], 3, 2),
    project('alone', ['test/{integration,e2e}/alone/*.test.ts'], 4, 1),
  ],
};

export default defineConfig(({ command }) => ({
  builder: {},
  publicDir: false,
  // Tests, which only serve, run no component: they need neither plugin.
  plugins: command === 'build' ? [react(), tailwind()] : [],
  environments: {
    // Built with renderer/ as root (bundle.mjs), so that its page is at the top of what is served.
    client: {
      build: {
        outDir: '../dist/renderer',
        emptyOutDir: true,
        target: 'chrome130',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: 'renderer/index.html' },
      },
    },
    electron: shellBundle('electron', 'electron/main.ts'),
    preload: shellBundle('preload', 'electron/preload.ts'),
    gateway: {
      consumer: 'server',
      resolve: { noExternal: true, external: ['better-sqlite3'] },
      build: {
        outDir: 'dist/gateway',
        emptyOutDir: true,
        ssr: true,
        target: 'node24',
        minify: false,
        rolldownOptions: {
          input: {
            main: 'gateway/main.ts',
            'background-thread': 'gateway/storage/background-thread.ts',
            'token-thread': 'gateway/token-thread.ts',
          },
          external: outside,
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    },
  },
  test,
}));
