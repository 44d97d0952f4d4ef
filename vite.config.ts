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

/** Which tests there are; files that start processes run one at a time. */
const test = {
  passWithNoTests: true,
  projects: [
    {
      test: {
        name: 'unit',
        include: ['test/architecture.test.ts', 'test/unit/**/*.test.ts'],
        testTimeout: 10_000,
        sequence: { groupOrder: 1 },
      },
    },
    {
      test: {
        name: 'integration',
        include: ['test/integration/**/*.test.ts'],
        fileParallelism: false,
        testTimeout: isFull ? 20 * minute : 2 * minute,
        hookTimeout: minute,
        sequence: { groupOrder: 2 },
      },
    },
    {
      test: {
        name: 'e2e',
        include: ['test/e2e/**/*.test.ts'],
        fileParallelism: false,
        testTimeout: 2 * minute,
        hookTimeout: minute,
        sequence: { groupOrder: 3 },
      },
    },
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
