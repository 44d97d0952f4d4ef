/** Which standing of a budget is told, by which id, and in which words. */
import { describe, expect, test } from 'vitest';
import { judgeOverBound, judgeRefusal, judgeSpending } from '../../../gateway/alerts/judge-budget.ts';
import { budgetStanding } from '../../support/budget-standing.ts';

const noon = new Date(2026, 10, 20, 12).getTime();
const spent = (settledUsd: number, changes = {}) => judgeSpending(budgetStanding({ settledUsd, ...changes }), noon);

describe('a part of the limit', () => {
  test('is told from the nano-dollar that reaches it, not one before', () => {
    expect(spent(4.999_999_999)).toBeNull();
    expect(spent(5)?.alert).toMatchObject({ id: 'config:team:day@2026-11-20@0.5', kind: 'budget-threshold', share: 0.5 });
    // As floating point, 0.24 / 0.3 is less than 0.8.
    expect(spent(0.24, { limitUsd: 0.3 })?.alert.share).toBe(0.8);
  });

  test('what is only reserved is not spent', () => {
    expect(spent(0, { reservedUsd: 10 })).toBeNull();
  });

  test('of several at once the highest is told, whatever their order, and the others are passed over', () => {
    const occasion = spent(10.5, { warnAt: [1, 0.5, 0.8] });
    expect(occasion?.alert).toMatchObject({ id: 'config:team:day@2026-11-20@1', kind: 'budget-spent', share: 1 });
    expect(occasion?.passedOver).toEqual(['config:team:day@2026-11-20@0.8', 'config:team:day@2026-11-20@0.5']);
  });

  test('a budget of one call has no parts, and one that nothing was spent of is not spent, though its limit be 0', () => {
    expect(spent(99, { period: 'call', periodId: null })).toBeNull();
    expect(spent(0, { limitUsd: 0 })).toBeNull();
    expect(spent(0.1, { limitUsd: 0 })?.alert.kind).toBe('budget-spent');
  });
});

describe('the words say what happened, where, and what follows', () => {
  test('of a part', () => {
    expect(spent(8.1)?.alert.message).toBe(
      '80 % of the budget "Team" (everything) is used: $8.10 of $10.00 today. Requests are refused when it is spent; it begins anew on 2026-11-21 00:00.',
    );
  });

  test('of all, under a hard budget and under a soft one', () => {
    const client = { scope: { kind: 'client', of: 'client_1', name: 'editor' } } as const;
    expect(spent(10, client)?.alert.message).toBe(
      'The budget "Team" (key editor) is spent: $10.00 of $10.00 today. Its requests are refused until 2026-11-21 00:00; raise its limit to let them through.',
    );
    expect(spent(10, { mode: 'soft' })?.alert.message).toMatch(/is spent: .*It only warns: requests go on\.$/);
  });

  test('of a bill above its bound', () => {
    const bill = { requestId: 'req_1', reservedUsd: 0.1, billedUsd: 0.3 };
    const { alert } = judgeOverBound(budgetStanding({ closed: 'over-bound' }), bill, noon);
    expect(alert).toMatchObject({ id: 'config:team:day@2026-11-20@req_1', kind: 'over-bound' });
    expect(alert.message).toMatch(
      /^A provider billed \$0\.30 for request req_1, where at most \$0\.10 .*is closed until 2026-11-21 00:00\. Look at/,
    );
  });
});

describe('a refusal', () => {
  test('by a budget that is spent is told as that, so that neither tells it twice', () => {
    const { alert, passedOver } = judgeRefusal(budgetStanding({ settledUsd: 10 }), noon);
    expect(alert.id).toBe(spent(10)?.alert.id);
    expect(passedOver).toHaveLength(2);
  });

  test('by one that has something left says how much, what is reserved taken off', () => {
    const { alert } = judgeRefusal(budgetStanding({ settledUsd: 9.5, reservedUsd: 0.25 }), noon);
    expect(alert).toMatchObject({ id: 'config:team:day@2026-11-20@refused', kind: 'budget-refused', share: null });
    expect(alert.message).toContain('has $0.25 left ($9.50 of $10.00 today), less than it may cost');
  });

  test('by one that is closed says why, and how it is opened', () => {
    const { alert } = judgeRefusal(budgetStanding({ settledUsd: 1, closed: 'a provider billed $3 for a request' }), noon);
    expect(alert.message).toBe(
      'A request was refused because the budget "Team" (everything) is closed: a provider billed $3 for a request. It stays closed until 2026-11-21 00:00, or until it is opened again under Usage.',
    );
  });

  test('by a budget of one call is told once a day', () => {
    const standing = budgetStanding({ period: 'call', periodId: null, startsAtMs: null, endsAtMs: null, limitUsd: 0.002 });
    const idAt = (at: number) => judgeRefusal(standing, at).alert.id;
    expect(idAt(noon)).toBe(idAt(noon + 3_600_000));
    expect(idAt(noon)).not.toBe(idAt(noon + 86_400_000));
    expect(judgeRefusal(standing, noon).alert.message).toContain('may cost more than $0.002, which the budget "Team"');
  });
});
