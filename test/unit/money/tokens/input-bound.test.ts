/** The bound of what a provider may bill for reading a request: held against what providers billed. */
import { expect, test } from 'vitest';
import type { RequestAdditions, RequestSize } from '../../../../gateway/chat/request-size.ts';
import { boundInputTokens } from '../../../../gateway/money/tokens/input-bound.ts';
import { recordedRequests } from '../../../support/recorded-requests.ts';
import { noRecordings, recordingsAreHere } from '../../../support/recordings.ts';

const plain: RequestSize & RequestAdditions = {
  textBytes: 1_000,
  media: [],
  hasTools: false,
  builtInTools: 0,
  readsMore: false,
  acts: false,
};
const gpt = { kind: 'openai', model: 'gpt-4o-mini', contextTokens: 128_000 };

test('no provider billed more than the bound, in any recording', (context) => {
  context.skip(!recordingsAreHere, noRecordings);
  const recorded = recordedRequests();
  expect(recorded.length).toBeGreaterThan(150);
  const beyond = recorded.flatMap(({ request, kind, model, inputTokens, id }) => {
    const bound = boundInputTokens({ ...request.measure(), ...request.additions() }, { kind, model, contextTokens: null });
    return inputTokens > bound ? [`${id}: ${inputTokens} > ${bound}`] : [];
  });
  expect(beyond).toEqual([]);
});

test('what a request names elsewhere is taken for the most that the model can read', () => {
  const withoutMore = boundInputTokens(plain, gpt);
  expect(boundInputTokens({ ...plain, readsMore: true }, gpt)).toBe(withoutMore + 128_000);
  expect(boundInputTokens({ ...plain, readsMore: true }, { ...gpt, contextTokens: null })).toBeGreaterThan(withoutMore + 100_000);
  const file = { kind: 'document', bytes: null, pixels: null } as const;
  expect(boundInputTokens({ ...plain, media: [file] }, gpt)).toBe(withoutMore + 128_000);
});

test('a picture at an address is taken for the dearest that the model can look at', () => {
  const image = { kind: 'image', bytes: null, pixels: null } as const;
  const one = boundInputTokens({ ...plain, media: [image] }, gpt) - boundInputTokens(plain, gpt);
  expect(one).toBe(2_833 + 8 * 5_667);
  const small = { kind: 'image', bytes: 900, pixels: { width: 100, height: 100 } } as const;
  expect(boundInputTokens({ ...plain, media: [small] }, gpt)).toBeLessThan(boundInputTokens({ ...plain, media: [image] }, gpt));
});

test('a provider’s words about tools are part of the bound', () => {
  const claude = { kind: 'anthropic', model: 'claude-opus-4-7', contextTokens: null };
  expect(boundInputTokens({ ...plain, hasTools: true }, claude)).toBeGreaterThanOrEqual(boundInputTokens(plain, claude) + 804);
  expect(boundInputTokens({ ...plain, hasTools: true, builtInTools: 2 }, claude)).toBeGreaterThanOrEqual(
    boundInputTokens(plain, claude) + 804 + 2 * (735 + 499),
  );
});
