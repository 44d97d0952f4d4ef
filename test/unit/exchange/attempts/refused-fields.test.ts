/** What is left out for a model that refused it: what it named, what it may have meant, and what turns out to be another fault. */
import { expect, test } from 'vitest';
import { openAiChat, ollama } from '../../../../gateway/dialects/index.ts';
import { RefusedFields } from '../../../../gateway/exchange/attempts/refused-fields.ts';
import { ownRefusal } from '../../../../gateway/exchange/relay/body-sink.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';

const asked = { model: 'm', provider: { id: 'p', quirks: {} } };

function refusal(fieldAtFault: string | null, upstreamStatus = 400) {
  return { ...ownRefusal(new GatewayError('upstream-refused', 'no')), upstreamStatus, fieldAtFault };
}

/** A request as it is written now, with this field unless it is left out. */
function write(fields: RefusedFields, name: string, wire = openAiChat) {
  const quirks = fields.quirksOf(asked);
  const body = Buffer.from(quirks.refusedFields?.includes(name) ? '{}' : `{"${name}":1}`);
  return {
    wire,
    quirks,
    body,
    report: () => ({ from: '', to: '', kept: [], emulated: [], dropped: [] }),
    createStream: null,
    translateAnswer: () => ({ body, usage: null, rawUsageJson: null }),
  };
}

test('requests that were under way together are all asked again without the field that each was refused for', () => {
  const fields = new RefusedFields();
  const [one, other] = [write(fields, 'top_k'), write(fields, 'top_k')];
  expect(fields.learn(asked, one, refusal('top_k'))).toBe(true);
  expect(fields.learn(asked, other, refusal('top_k'))).toBe(true);
  expect(fields.learn(asked, write(fields, 'top_k'), refusal('top_k'))).toBe(false);
});

test('a field that is refused though it was left out is not left out a second time', () => {
  const fields = new RefusedFields();
  fields.learn(asked, write(fields, 'user'), refusal('user'));
  const stubborn = { ...write(fields, 'user'), body: Buffer.from('{"tools":[{"user":1}]}') };
  expect(fields.learn(asked, stubborn, refusal('user'))).toBe(false);
});

test('a refusal that names no field does not take the thinking of a model that has another fault to find', () => {
  const fields = new RefusedFields();
  expect(fields.learn(asked, write(fields, 'think', ollama), refusal(null))).toBe(true);
  expect(fields.learn(asked, write(fields, 'think', ollama), refusal(null))).toBe(false);
  expect(fields.quirksOf(asked).refusedFields).toEqual([]);
});

test('a model that answers without thinking after it refused it is not asked for it again, whatever it refuses later', () => {
  const fields = new RefusedFields();
  fields.learn(asked, write(fields, 'think', ollama), refusal(null));
  const without = write(fields, 'think', ollama);
  fields.answered(asked, without);
  expect(fields.learn(asked, without, refusal(null))).toBe(false);
  expect(fields.quirksOf(asked).refusedFields).toEqual(['think']);
});

test('a model that answers another request with thinking is asked for it again', () => {
  const fields = new RefusedFields();
  const other = write(fields, 'think', ollama);
  fields.learn(asked, write(fields, 'think', ollama), refusal(null));
  fields.answered(asked, other);
  expect(fields.quirksOf(asked).refusedFields).toEqual([]);
});

test('with another config everything is asked for anew', () => {
  const fields = new RefusedFields();
  fields.learn(asked, write(fields, 'seed'), refusal('seed'));
  fields.forgetAll();
  expect(fields.quirksOf(asked)).toEqual({});
});
