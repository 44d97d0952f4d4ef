/** How the tests run. Kinds of test are projects, run one after the other so that timings are not disturbed. */
import { defineConfig } from 'vitest/config';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const minute = 60_000;

export default defineConfig({
  test: {
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
  },
});
