/** What a picture comes to, by the examples that providers publish. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageRule } from '../../../../gateway/money/tokens/images.ts';

const openai = (model: string) => ({ kind: 'openai', model });
const anthropic = (model: string) => ({ kind: 'anthropic', model });
const gemini = (model: string) => ({ kind: 'gemini', model });

test.each([
  [openai('gpt-4o'), 1024, 1024, 765],
  [openai('gpt-4o'), 2048, 4096, 1105],
  [openai('gpt-4.1'), 512, 512, 255],
  [openai('gpt-4o-mini'), 1024, 1024, 2833 + 4 * 5667],
  [openai('gpt-5'), 1024, 1024, 70 + 4 * 140],
  [openai('o3-2025-04-16'), 1024, 1024, 75 + 4 * 150],
  [openai('gpt-4.1-mini'), 1024, 1024, Math.ceil(1024 * 1.62)],
  [openai('gpt-5-nano'), 1800, 2400, Math.ceil(1452 * 2.46)],
  [openai('o4-mini'), 1800, 2400, Math.ceil(1452 * 1.72)],
  [{ kind: 'openrouter', model: 'openai/gpt-4o' }, 1024, 1024, 765],
  [anthropic('claude-sonnet-4-6'), 1000, 1000, 1296],
  [anthropic('claude-3-5-sonnet-20241022'), 1000, 1000, 1296],
  [anthropic('claude-sonnet-4-20250514'), 8000, 8000, 1568],
  [anthropic('claude-haiku-4-5-20251001'), 8000, 8000, 1568],
  [anthropic('claude-opus-4-7'), 8000, 8000, 4784],
  [anthropic('claude-opus-5'), 200, 200, 64],
  [{ kind: 'bedrock', model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }, 8000, 8000, 1568],
  [gemini('gemini-2.5-flash'), 384, 384, 258],
  [gemini('gemini-2.5-flash'), 960, 540, 6 * 258],
  [gemini('gemini-3-pro-preview'), 4000, 4000, 1120],
  [{ kind: 'together', model: 'meta-llama/Llama-3.2-90B-Vision' }, 559, 900, 3202],
])('%j looks at %i × %i pixels', (asked, width, height, tokens) => {
  expect(imageRule(asked).tokens({ width, height })).toBe(tokens);
});

test('no picture comes to more than its bound, nor its bound to more than the most', () => {
  const models = fc.constantFrom(
    'gpt-4o-mini',
    'gpt-4o',
    'gpt-5-mini',
    'gpt-5.5',
    'claude-opus-4-1',
    'claude-opus-5',
    'gemini-2.5-pro',
    'gemini-3-pro',
    'grok-4',
    'pixtral-12b',
    'mistral-medium',
    'llama-4',
    'qwen3-vl',
    'nobody-knows',
  );
  const side = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(models, side, side, (model, width, height) => {
      const rule = imageRule({ kind: 'openai-compatible', model });
      const pixels = { width, height };
      expect(rule.tokens(pixels)).toBeGreaterThan(0);
      expect(rule.tokens(pixels)).toBeLessThanOrEqual(rule.bound(pixels));
      expect(rule.bound(pixels)).toBeLessThanOrEqual(rule.most);
    }),
    { numRuns: 2_000 },
  );
});
