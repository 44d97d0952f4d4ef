/** What is known of the models in memory: when servers are asked, for how long it stands, and that nobody is asked for nothing. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LoadedList } from '../../../../gateway/contract/loaded-model.ts';
import { LoadedModels } from '../../../../gateway/exchange/local/loaded-models.ts';
import { memoryName } from '../../../../gateway/exchange/local/model-name.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

const entry = (name: string, contextTokens: number | null = null) => ({
  name,
  contextTokens,
  sizeBytes: null,
  graphicsBytes: null,
  expiresAtMs: null,
});

function watch(answer: LoadedList = [entry('qwen3:8b', 4_096)]) {
  const told = { answer, asked: 0, changes: 0 };
  const models = new LoadedModels({
    monotonic: () => performance.now(),
    list: async () => {
      told.asked += 1;
      return told.answer;
    },
    onChange: () => void (told.changes += 1),
  });
  models.follow(['near']);
  return { models, told };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test.each([
  ['Qwen3:8B', 'qwen3:8b'],
  ['qwen3', 'qwen3:latest'],
  ['hf.co:443/me/model', 'hf.co:443/me/model:latest'],
])('%s is in memory as %s', (name, expected) => expect(memoryName(name)).toBe(expected));

describe('a decision', () => {
  test('does not wait: the first does not know, and has its server asked; the next one knows', async () => {
    const { models, told } = watch();
    expect(models.isLoaded('near', 'qwen3:8b')).toBeNull();
    await pass(1);
    expect([models.isLoaded('near', 'qwen3:8b'), models.isLoaded('near', 'other'), told.asked]).toEqual([true, false, 1]);
  });

  test('knows nothing of a provider that is far away, and nobody is asked', async () => {
    const { models, told } = watch();
    expect([models.isLoaded('far', 'm'), models.find('far', 'm')]).toEqual([null, 'silent']);
    await pass(60_000);
    expect(told.asked).toBe(0);
  });

  test('has servers asked every ten seconds for five minutes, and then no more', async () => {
    const { models, told } = watch();
    models.isLoaded('near', 'm');
    await pass(5 * 60_000 + 1);
    expect(told.asked).toBe(31);
    await pass(60 * 60_000);
    expect(told.asked).toBeLessThanOrEqual(32);
    expect(models.find('near', 'qwen3:8b')).toBe('unknown');
  });
});

describe('a server', () => {
  test.each(['silent', 'unknown'] as const)('whose answer is %s is known by that', async (answer) => {
    const { models } = watch(answer);
    await models.refresh('near');
    expect([models.isLoaded('near', 'm'), models.find('near', 'm')]).toEqual([null, answer]);
  });

  test('is asked once, however many want to know at the same time', async () => {
    const { models, told } = watch();
    await Promise.all([models.refresh('near'), models.refresh('near')]);
    expect(told.asked).toBe(1);
  });

  test('is asked again after a request, and not once for each of many', async () => {
    const { models, told } = watch();
    await models.refresh('near');
    told.answer = [];
    for (let count = 0; count < 20; count += 1) {
      models.ended('near', false);
      await pass(100);
    }
    expect([told.asked, models.find('near', 'qwen3:8b')]).toEqual([2, 'absent']);
  });

  test('that failed is not believed any more', async () => {
    const { models } = watch();
    await models.refresh('near');
    models.ended('near', true);
    expect(models.find('near', 'qwen3:8b')).toBe('unknown');
  });

  test('that has loaded a model for us has it, before it says so itself', async () => {
    const { models, told } = watch([]);
    await models.refresh('near');
    models.loaded('near', entry('New', 8_192));
    expect(models.find('near', 'new:latest')).toMatchObject({ contextTokens: 8_192 });
    expect(told.changes).toBe(1);
  });

  test('is not asked when the config does not name it any more, or the gateway has stopped', async () => {
    const { models, told } = watch();
    models.isLoaded('near', 'm');
    models.follow(['other']);
    await pass(60_000);
    expect([told.asked, models.isLoaded('near', 'm')]).toEqual([0, null]);
  });
});
