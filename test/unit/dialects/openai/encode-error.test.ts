/** Errors in OpenAI's words. */
import { expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../../gateway/chat/error.ts';
import { encodeError, encodeStreamError } from '../../../../gateway/dialects/openai/encode-error.ts';

test('an error names the field at fault and has all four keys', () => {
  const error = new GatewayError('bad-request', 'model is missing.', { field: 'model', code: 'missing_required_parameter' });
  expect(encodeError(error)).toBe(
    '{"error":{"message":"model is missing.","type":"invalid_request_error","param":"model","code":"missing_required_parameter"}}',
  );
});

test('a stream ends in one error frame without [DONE]', () => {
  expect(encodeStreamError(new GatewayError('upstream-stalled', 'It fell silent.'))).toBe(
    'data: {"error":{"message":"It fell silent.","type":"server_error","param":null,"code":"upstream_stalled"}}\n\n',
  );
});

test.each<[ErrorKind, string, string]>([
  ['unknown-model', 'invalid_request_error', 'model_not_found'],
  ['unauthorized', 'invalid_request_error', 'invalid_api_key'],
  ['upstream-rate-limit', 'rate_limit_error', 'upstream_rate_limit'],
  ['upstream-quota', 'insufficient_quota', 'insufficient_quota'],
  ['upstream-connect', 'server_error', 'upstream_connect'],
  ['internal', 'server_error', 'internal'],
])('%s is called %s, code %s', (kind, type, code) => {
  expect(JSON.parse(encodeError(new GatewayError(kind, 'x')))).toEqual({ error: { message: 'x', type, param: null, code } });
});

test.each(['constructor', '__proto__', 'toString'])('the code %s of a provider is a word like any other', (code) => {
  expect(JSON.parse(encodeError(new GatewayError('upstream-failed', 'x', { code })))).toMatchObject({ error: { code } });
});
