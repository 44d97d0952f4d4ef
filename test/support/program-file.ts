/** What "the program" is in tests: the built one in `npm test`, the sources when a test is run by hand; on Node as npm's scripts start it. */
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const programFile = join(root, process.env.GATEHOUSE_TEST_PROGRAM ?? 'gateway/main.ts');

/** As in package.json: a young generation that stays small keeps memory flat, at the same speed. */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=8'];
