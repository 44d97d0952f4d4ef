/** What a policy sets of a request: written into its bytes, said in its translation, and noted where no word exists. */
import { expect, test } from 'vitest';
import { withSettings } from '../../../gateway/chat/settings.ts';
import { anthropicCountTokens, anthropicMessages, openAiChat } from '../../../gateway/dialects/index.ts';
import { PolicySettings } from '../../../gateway/exchange/policy-settings.ts';

const place = { model: null, stream: null };
const bytes = (body: object) => [Buffer.from(JSON.stringify(body))];
const change = { defaults: { seed: 3 }, overrides: { temperature: 0 }, caps: { maxOutputTokens: 10 } };
const body = { model: 'm', max_tokens: 90, messages: [{ role: 'user', content: 'a' }] };

function sent(dialect: typeof openAiChat, settings: PolicySettings): object {
  const request = settings.of(dialect.readRequest(bytes(body), place));
  return JSON.parse(Buffer.concat([...request.write({ model: 'n', askUsage: false })]).toString()) as object;
}

test('a request that nothing is set of is the very same', () => {
  const request = openAiChat.readRequest(bytes(body), place);
  const none = new PolicySettings(openAiChat, null);
  expect(none.of(request)).toBe(request);
  expect(none.report()).toBeNull();
});

test('settings are written with the model’s name, each time it is sent', () => {
  const settings = new PolicySettings(openAiChat, change);
  expect(sent(openAiChat, settings)).toEqual({ ...body, temperature: 0, seed: 3, model: 'n', max_tokens: 10 });
  expect(settings.report()).toBeNull();
});

test('a setting that the format has no word for is noted as dropped, and the rest is written', () => {
  const settings = new PolicySettings(anthropicMessages, change);
  expect(sent(anthropicMessages, settings)).toEqual({ ...body, temperature: 0, model: 'n', max_tokens: 10 });
  expect(settings.report()).toMatchObject({ from: 'anthropic-messages', to: 'anthropic-messages', dropped: [{ field: 'seed' }] });
});

test('what only counts tokens is sent as it is: its provider would refuse settings', () => {
  expect(sent(anthropicCountTokens, new PolicySettings(anthropicCountTokens, change))).toEqual({ ...body, model: 'n' });
});

test('a translated request is decoded with the settings in it', () => {
  const asked = openAiChat.chat?.decodeRequest({ ...body, reasoning: { effort: 'low', exclude: true } }, place);
  if (!asked) throw new Error('It was not decoded.');
  const set = withSettings(asked, { ...change, overrides: { temperature: 0, reasoningEffort: 'high' } });
  expect(set).toMatchObject({ temperature: 0, seed: 3, maxOutputTokens: 10, reasoning: { effort: 'high', show: false } });
  expect(withSettings({ ...asked, maxOutputTokens: null }, change).maxOutputTokens).toBe(10);
});
