/** Holds a key's form to what it sends: nothing that was not touched, and each mistake at its field. */
import { describe, expect, test } from 'vitest';
import { rateLimitsSchema } from '../../../../../gateway/contract/money/rate-limits.ts';
import { draftOfLimits, limitsWords, readLimitsDraft } from '../../../../../renderer/components/client-terms/limits-draft.ts';
import { changedTerms, draftOfClient, newTerms, readTerms } from '../../../../../renderer/components/client-terms/terms-draft.ts';
import { clientItem } from '../../../../support/client-rows.ts';

const now = new Date(2026, 10, 20, 12).getTime();
const client = clientItem('client_1', {
  name: 'editor',
  app: 'Zed',
  tier: 'standard',
  budgets: [{ period: 'day', limitUsd: 1, mode: 'hard', warnAt: [0.5] }],
  limits: { tokensPerDay: 5, expensive: { aboveUsd: 0.1, perDay: 2 } },
  allowedModels: ['openai/*'],
  // With seconds, which the field does not show.
  expiresAtMs: new Date(2026, 11, 24, 18, 30, 17).getTime(),
  sensitivity: 'private',
});

describe('a key’s terms', () => {
  test('that nobody touched send nothing, not even an end whose seconds the field cannot show', () => {
    const draft = draftOfClient(client);
    expect(draft.expires).toBe('2026-12-24T18:30');
    expect(changedTerms(draft, { ...draft }, now)).toEqual({ changes: {}, problems: new Map() });
  });

  test('send what was touched, and only that is checked', () => {
    const gone = draftOfClient({ ...client, expiresAtMs: now - 1 });
    expect(changedTerms(gone, { ...gone, app: ' ', tier: '', allowedModels: ' \n' }, now)).toEqual({
      changes: { app: null, tier: null, allowedModels: null },
      problems: new Map(),
    });
    const later = changedTerms(gone, { ...gone, expires: '2026-11-19T10:00' }, now);
    expect([...later.problems.keys()]).toEqual(['expiresAtMs']);
  });

  test('name each mistake by its field', () => {
    const { problems } = readTerms(
      {
        ...newTerms,
        budgets: [{ period: 'day', limitUsd: 'x', mode: 'hard', warnAt: '', unknownPrice: '' }],
        limits: { ...newTerms.limits, concurrent: '0', 'expensive.perHour': '3' },
        expires: 'soon',
      },
      now,
    );
    expect([...problems.keys()].toSorted()).toEqual([
      'budgets.0.limitUsd',
      'expiresAtMs',
      'limits.concurrent',
      'limits.expensive.aboveUsd',
      'name',
    ]);
  });

  test('take models one a line or with commas', () => {
    expect(readTerms({ ...newTerms, name: 'a', allowedModels: 'openai/*, a/b:c\n\n x/y ' }, now).terms.allowedModels).toEqual([
      'openai/*',
      'a/b:c',
      'x/y',
    ]);
  });
});

describe('limits', () => {
  test('that are only opened come back as they were, and the gateway takes them', () => {
    const limits = { requestsPerMinute: 60, tokensPerDay: 1_000_000, concurrent: 4, expensive: { aboveUsd: 0.05, perHour: 3 } };
    const read = readLimitsDraft(draftOfLimits(limits));
    expect(read).toEqual({ limits, problems: new Map() });
    expect(rateLimitsSchema.parse(read.limits)).toEqual(limits);
    expect(readLimitsDraft(draftOfLimits({}))).toEqual({ limits: {}, problems: new Map() });
  });

  test('of expensive calls need how many in which time', () => {
    const draft = { ...draftOfLimits({}), 'expensive.aboveUsd': '0.05' };
    expect([...readLimitsDraft(draft).problems.keys()]).toEqual(['expensive.perHour']);
  });

  test('are said in words', () => {
    expect(limitsWords({})).toBe('');
    expect(limitsWords({ tokensPerDay: 1_000_000, concurrent: 1, expensive: { aboveUsd: 0.05, perHour: 3, perDay: 9 } })).toBe(
      '1,000,000 tokens a day, 1 at the same time, calls above $0.05: 3 an hour, 9 a day',
    );
  });
});
