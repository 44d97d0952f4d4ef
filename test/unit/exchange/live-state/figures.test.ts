/** What is known of targets and routes: averages that follow, sessions that stay, turns that count, and a budget that holds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowsAnother, RetryBudget } from '../../../../gateway/exchange/live-state/retry-budget.ts';
import { SessionTargets } from '../../../../gateway/exchange/live-state/sessions.ts';
import { FigureBook } from '../../../../gateway/exchange/live-state/target-figures.ts';
import { RouteTurns } from '../../../../gateway/exchange/live-state/turns.ts';

function clock() {
  let at = 0;
  return { monotonic: () => at, pass: (ms: number) => void (at += ms) };
}

describe('the figures of a target', () => {
  const answer = (book: FigureBook, pass: (ms: number) => void, firstMs: number, tokens: number, restMs: number): void => {
    const measured = book.begin('lab', 'm');
    pass(firstMs);
    measured.firstContent();
    pass(restMs);
    measured.end(tokens);
  };

  test('are the time to the first content and the rate after it, the newer ones counting for more', () => {
    const { monotonic, pass } = clock();
    const book = new FigureBook(monotonic);
    answer(book, pass, 100, 50, 1_000);
    expect(book.of('lab', 'm')).toEqual({ firstTokenMs: 100, tokensPerSecond: 50, samples: 1, inFlight: 0 });
    answer(book, pass, 300, 100, 1_000);
    expect(book.of('lab', 'm')).toMatchObject({ firstTokenMs: 200, tokensPerSecond: 75, samples: 2 });
    for (let count = 0; count < 40; count += 1) answer(book, pass, 1_000, 10, 1_000);
    const { firstTokenMs, tokensPerSecond } = book.of('lab', 'm');
    expect(firstTokenMs).toBeGreaterThan(990);
    expect(tokensPerSecond).toBeLessThan(11);
  });

  test('count what is under way, whatever becomes of it', () => {
    const { monotonic, pass } = clock();
    const book = new FigureBook(monotonic);
    const [first, second] = [book.begin('lab', 'm'), book.begin('lab', 'm')];
    expect(book.of('lab', 'm').inFlight).toBe(2);
    first.end(null);
    first.end(null);
    expect(book.of('lab', 'm')).toEqual({ firstTokenMs: null, tokensPerSecond: null, samples: 0, inFlight: 1 });
    pass(500);
    second.end(20);
    expect(book.of('lab', 'm')).toEqual({ firstTokenMs: null, tokensPerSecond: 40, samples: 1, inFlight: 0 });
  });

  test('are forgotten after ten minutes, so that who was slow once is measured again', () => {
    const { monotonic, pass } = clock();
    const book = new FigureBook(monotonic);
    answer(book, pass, 9_000, 5, 1_000);
    pass(599_999);
    expect(book.of('lab', 'm').samples).toBe(1);
    pass(1);
    expect([book.of('lab', 'm').samples, book.names()]).toEqual([0, []]);
  });

  test('are kept of so many targets at most, and of none that the config forgot', () => {
    const { monotonic, pass } = clock();
    const book = new FigureBook(monotonic);
    for (let number = 0; number < 3_000; number += 1) book.begin('lab', `m${number}`);
    expect(book.names().length).toBeLessThanOrEqual(2_000);
    answer(book, pass, 1, 1, 1);
    book.keep((provider) => provider !== 'lab');
    expect(book.names()).toEqual([]);
  });
});

describe('the target of a session', () => {
  test('is the one that answered last by that route, until it was idle for ten minutes', () => {
    const { monotonic, pass } = clock();
    const sessions = new SessionTargets(monotonic);
    sessions.note('alias:fast', 's1', 'lab/m');
    sessions.note('alias:fast', 's1', 'spare/m');
    sessions.note('rule:code it', 's1', 'lab/m');
    expect(['alias:fast', 'rule:code it', 'alias:slow'].map((route) => sessions.last(route, 's1'))).toEqual([
      'spare/m',
      'lab/m',
      null,
    ]);
    pass(599_999);
    sessions.note('rule:code it', 's1', 'lab/m');
    pass(1);
    expect([sessions.last('alias:fast', 's1'), sessions.last('rule:code it', 's1')]).toEqual([null, 'lab/m']);
  });

  test('is forgotten for the sessions that were used least lately when there are too many', () => {
    const sessions = new SessionTargets(() => 0);
    sessions.note('r', 'old', 'lab/m');
    for (let number = 0; number < 9_999; number += 1) sessions.note('r', `s${number}`, 'lab/m');
    sessions.note('r', 'old', 'lab/m');
    sessions.note('r', 'new', 'lab/m');
    expect([sessions.last('r', 'old'), sessions.last('r', 's0'), sessions.last('r', 's1')]).toEqual(['lab/m', null, 'lab/m']);
  });
});

test('the turns of a route are counted apart from those of others', () => {
  const turns = new RouteTurns();
  turns.take('alias:a');
  turns.take('alias:a');
  turns.take('rule:b');
  expect(['alias:a', 'rule:b', 'alias:c'].map((route) => turns.of(route))).toEqual([2, 1, 0]);
});

describe('the budget of second attempts', () => {
  const usual = { percent: 20, minimum: 3 };

  /** How many may be in a second attempt beside so many in their first. */
  const room = (first: number, settings = usual): number => {
    let again = 0;
    while (allowsAnother({ all: first + again, again }, settings)) again += 1;
    return again;
  };

  test('is always a few, and a fifth of the requests in their first attempt', () => {
    expect([room(0), room(10), room(100)]).toEqual([3, 3, 20]);
    expect(room(100, { percent: 0, minimum: 0 })).toBe(0);
  });

  test('counts each request where it is, until it is over', () => {
    const budget = new RetryBudget();
    const [first, second] = [budget.enter(), budget.enter()];
    const counts = () => ['lab', 'spare', null].map((where) => Object.values(budget.at(where)).join(' of '));
    for (const place of [first, second]) place.moveTo('lab');
    second.beginAgain();
    expect(counts()).toEqual(['2 of 1', '0 of 0', '2 of 1']);
    second.moveTo('spare');
    second.beginAgain();
    expect(counts()).toEqual(['1 of 0', '1 of 1', '2 of 1']);
    for (const place of [first, second, second]) place.leave();
    expect(counts()).toEqual(['0 of 0', '0 of 0', '0 of 0']);
  });

  test('is that of the provider, and that of all together', () => {
    const budget = new RetryBudget();
    const settings = { percent: 20, minimum: 1 };
    const begin = (provider: string, isAgain = false) => {
      const place = budget.enter();
      place.moveTo(provider);
      if (isAgain) place.beginAgain();
      return place;
    };
    for (let count = 0; count < 10; count += 1) begin('well');
    const place = begin('lab');
    expect(place.refusal('lab', settings)).toBeNull();
    begin('lab', true);
    expect(place.refusal('lab', settings)).toBe('not tried again: of 1 other requests at lab, 1 are in another attempt already');
    begin('spare', true);
    expect(place.refusal('third', settings)).toBe('not tried again: of 12 other requests, 2 are in another attempt already');
  });

  test('never lets more than its part of the others, or the minimum, begin', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), fc.nat({ max: 100 }), fc.nat({ max: 20 }), (first, percent, minimum) => {
        expect(room(first, { percent, minimum })).toBeLessThanOrEqual(Math.max(minimum, (first * percent) / 100));
      }),
    );
  });
});
