/** Which file is "the program" in tests: the built one in `npm test`, the sources when a test is run by hand. */
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const programFile = join(root, process.env.GATEHOUSE_TEST_PROGRAM ?? 'gateway/main.ts');
