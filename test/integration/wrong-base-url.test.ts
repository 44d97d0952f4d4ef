/** A client whose base URL has too much or too little of a path is told so in its own format, with the path it means. */
import { expect, test } from 'vitest';
import { startGateway } from '../support/start-gateway.ts';

test('a wrong base URL is a 404 in the format of the path that is meant, which it names', async () => {
  await using gateway = await startGateway();
  const post = async (path: string) => {
    const headers = { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' };
    const response = await fetch(gateway.url + path, { method: 'POST', headers, body: '{}' });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const says = (path: string) => expect.stringContaining(`${path} is probably meant.`);
  expect(await post('/v1/v1/messages')).toMatchObject({
    status: 404,
    body: { type: 'error', error: { type: 'not_found_error', message: says('/v1/messages') } },
  });
  expect(await post('/chat/completions')).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found', message: says('/v1/chat/completions') } },
  });
  expect(await post('/v1/api/chat')).toMatchObject({ status: 404, body: { error: says('/api/chat') } });
  expect(await post('/models/demo/hello:generateContent')).toMatchObject({
    status: 404,
    body: { error: { status: 'NOT_FOUND', message: says('/v1beta/models/<name>:generateContent') } },
  });
  expect(await post('/v1beta/models/demo/hello:predict')).toMatchObject({
    status: 405,
    body: { error: { message: expect.stringContaining(':generateContent, :streamGenerateContent') } },
  });
});
