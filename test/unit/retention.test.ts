/** When old rows go: soon after a start, every hour, and never all at once. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startRetention } from '../../gateway/retention.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

beforeEach(() => {
  vi.useFakeTimers({ now: 100 * dayMs });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Scene {
  days: number | null;
  busy: boolean;
  /** How many batches there still are. */
  left: number;
  /** What was asked to go, and when. */
  readonly asked: { beforeMs: number; atMs: number }[];
  readonly warnings: string[];
}

function start(change: Partial<Scene> = {}) {
  const scene: Scene = { days: 7, busy: false, left: 1, asked: [], warnings: [], ...change };
  const retention = startRetention({
    keepDays: () => scene.days,
    forget: async (beforeMs) => {
      scene.asked.push({ beforeMs, atMs: Date.now() });
      if (scene.left === 0) throw new Error('disk full');
      scene.left -= 1;
      return scene.left > 0;
    },
    isBusy: () => scene.busy,
    now: Date.now,
    log: (_, message) => void scene.warnings.push(message),
  });
  return { scene, retention };
}

test('rows older than the days of the config are asked away soon after the start, and then every hour', async () => {
  const { scene, retention } = start({ left: 2 });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(scene.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(scene.asked).toHaveLength(2);
  expect(scene.asked[0]?.beforeMs).toBe(93 * dayMs + 5_000);
  scene.left = 1;
  await vi.advanceTimersByTimeAsync(hourMs);
  expect(scene.asked).toHaveLength(3);
  await retention.close();
  await vi.advanceTimersByTimeAsync(2 * hourMs);
  expect(scene.asked).toHaveLength(3);
});

test('without a number of days nothing goes, until the config says one', async () => {
  const { scene, retention } = start({ days: null });
  await vi.advanceTimersByTimeAsync(2 * hourMs);
  expect(scene.asked).toEqual([]);
  scene.days = 1;
  await vi.advanceTimersByTimeAsync(hourMs);
  expect(scene.asked).toHaveLength(1);
  await retention.close();
});

test('while requests run, batches leave them more room', async () => {
  const pauses = async (busy: boolean) => {
    const { scene, retention } = start({ busy, left: 3 });
    await vi.advanceTimersByTimeAsync(10_000);
    await retention.close();
    const [first, second] = scene.asked;
    return (second?.atMs ?? 0) - (first?.atMs ?? 0);
  };
  expect([await pauses(false), await pauses(true)]).toEqual([50, 500]);
});

test('what cannot be removed is told, and tried again in an hour', async () => {
  const { scene, retention } = start({ left: 0 });
  await vi.advanceTimersByTimeAsync(6_000);
  expect(scene.warnings).toHaveLength(1);
  scene.left = 1;
  await vi.advanceTimersByTimeAsync(hourMs);
  expect([scene.asked.length, scene.warnings.length]).toEqual([2, 1]);
  await retention.close();
});
