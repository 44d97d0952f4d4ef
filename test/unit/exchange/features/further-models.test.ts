/** Models that a request names beside its own, which a key's list holds for too. */
import { expect, test } from 'vitest';
import type { DialectName } from '../../../../gateway/dialects/dialect.ts';
import { dialects } from '../../../../gateway/dialects/index.ts';
import { furtherModels } from '../../../../gateway/exchange/features/further-models.ts';

function named(name: DialectName, fields: string): readonly string[] {
  const dialect = dialects.get(name);
  if (!dialect) throw new Error(`There is no dialect ${name}.`);
  const request = dialect.readRequest([Buffer.from(`{"model":"m",${fields}}`)], { model: null, stream: null });
  return furtherModels(dialect, request);
}

test.each<[DialectName, string, readonly string[]]>([
  ['anthropic-messages', '"tools":[{"type":"advisor_20260301","model":"dear"},{"name":"f"}]', ['dear']],
  [
    'openai-responses',
    '"tools":[{"type":"image_generation","model":"one"},{"type":"image_generation","model":"two"}]',
    ['one', 'two'],
  ],
  ['openai-chat', '"t\\u006fols":[{"mod\\u0065l":"d\\u0065ar"}]', ['dear']],
  ['openai-chat', '"models":["a"],"preset":"mine","tools":[{"model":"b"}]', ['a', 'b', '@preset/mine']],
])('a tool that names its own model is found: %s %s', (dialect, fields, names) => {
  expect(named(dialect, fields)).toEqual(names);
});

test('tools without a model, or that are none, name nothing', () => {
  for (const tools of ['[]', '[null,7,"x",{"model":7},{"function":{"name":"f"}}]', '{"model":"m"}', 'null'])
    expect(named('openai-chat', `"tools":${tools}`)).toEqual([]);
});
