/** Holds what is shown of the gateway to its newest answer, in whatever order answers come. */
import { afterEach, expect, test, vi } from 'vitest';
import { control } from '../../../../renderer/control.ts';
import { readConfig, useGateway } from '../../../../renderer/stores/gateway.ts';

afterEach(() => vi.restoreAllMocks());

test('an answer that was overtaken by the answer to a later question changes nothing, nor does its failure', async () => {
  const answers = Array.from({ length: 3 }, () => Promise.withResolvers<unknown>());
  let next = 0;
  vi.spyOn(control, 'call').mockImplementation((() => answers[next++]?.promise) as typeof control.call);
  const reads = answers.map(() => readConfig());
  const [first, second, third] = answers;
  second?.resolve({ version: 2 });
  await reads[1];
  first?.resolve({ version: 1 });
  await reads[0];
  expect(useGateway.getState()).toMatchObject({ config: { version: 2 }, error: null });
  third?.reject(new Error('no'));
  await reads[2];
  expect(useGateway.getState()).toMatchObject({ config: { version: 2 }, error: expect.stringMatching(/./) });
});
