/** What a client whose base URL is wrong is told: the path it probably means, and never a name out of its own path. */
import { expect, test } from 'vitest';
import { pathMeant, routePaths } from '../../../gateway/server/routes.ts';

test.each([
  ['/v1/v1/chat/completions', '/v1/chat/completions'],
  ['/chat/completions', '/v1/chat/completions'],
  ['/openai/v1/responses', '/v1/responses'],
  ['/v1/v1/messages', '/v1/messages'],
  ['/anthropic/messages', '/v1/messages'],
  ['/v1/models/', '/v1/models'],
  ['/v1/api/chat', '/api/chat'],
  ['/models/demo/hello:generateContent', '/v1beta/models/<name>:generateContent'],
])('of %s the path %s is meant', (path, meant) => {
  expect(pathMeant(path)).toBe(meant);
});

test.each(['/nothing', '/v1/batches', '/v1beta/corpora', '/models/secret-name', '/', `/${'v1/'.repeat(5_000)}x`])(
  'nothing is meant by %s',
  (path) => {
    expect(pathMeant(path)).toBe(null);
  },
);

test('every path that it proposes is a door', () => {
  const proposed = routePaths.map((path) => pathMeant(`/proxy${path}`)).filter((path) => path !== null);
  expect(proposed.length).toBeGreaterThan(20);
  const doors = routePaths.map((path) => path.replace('demo/hello', '<name>'));
  expect(proposed.filter((path) => !doors.includes(path))).toEqual([]);
});
