/** Holds the two listeners' common first checks to the attack tables. */
import { describe, expect, test } from 'vitest';
import {
  allowedHostSet,
  checkRawHeaders,
  isAllowedHost,
  isJsonContentType,
  judgeOrigin,
  ownOriginSet,
  splitTarget,
} from '../../../gateway/contract/http-admission.ts';

describe('raw headers', () => {
  test('an ordinary request passes, and headers that may repeat do', () => {
    expect(checkRawHeaders(['Host', 'a', 'Accept', '*/*', 'accept', 'text/html', 'x-a', '1', 'X-A', '2'])).toBeNull();
  });

  test('a request without Host is refused', () => {
    expect(checkRawHeaders(['accept', '*/*'])).toContain('host is missing');
    expect(checkRawHeaders([])).toContain('host is missing');
  });

  test.each([
    'host',
    'authorization',
    'content-type',
    'content-length',
    'origin',
    'x-api-key',
    'api-key',
    'x-goog-api-key',
    'transfer-encoding',
  ])('a second %s is refused whatever its case', (name) => {
    const once = name === 'host' ? [] : ['Host', 'a'];
    const value = name === 'transfer-encoding' ? 'chunked' : '1';
    expect(checkRawHeaders([...once, name, value])).toBeNull();
    expect(checkRawHeaders([...once, name, value, 'accept', '*', name.toUpperCase(), value])).toContain('twice');
  });

  test.each(['gzip, chunked', 'chunked, gzip', 'identity', 'x-chunked', ''])('transfer-encoding %j is refused', (value) => {
    expect(checkRawHeaders(['Host', 'a', 'Transfer-Encoding', value])).toContain('only say chunked');
    expect(checkRawHeaders(['Host', 'a', 'Transfer-Encoding', 'Chunked'])).toBeNull();
  });
});

describe('target', () => {
  test.each([
    ['/', '/', ''],
    ['/v1/models', '/v1/models', ''],
    ['/v1/models/', '/v1/models/', ''],
    ['/v1/models?', '/v1/models', ''],
    ['/v1/models?key=a%2Fb&u=https://x//y/../z', '/v1/models', 'key=a%2Fb&u=https://x//y/../z'],
    ['/v1/models/openai%2Fgpt-5', '/v1/models/openai%2Fgpt-5', ''],
    ['/v1/models/openai%2fgpt-4%2e1', '/v1/models/openai%2fgpt-4%2e1', ''],
    ['/v1/models/a/b:c', '/v1/models/a/b:c', ''],
    ['/v1/models/%C3%BC', '/v1/models/%C3%BC', ''],
    ['/.../.well-known/..a/a..', '/.../.well-known/..a/a..', ''],
  ])('%s has one reading and is split', (target, path, query) => {
    expect(splitTarget(target)).toEqual({ path, query });
  });

  test.each([
    '',
    '*',
    'v1/models',
    'http://127.0.0.1/v1/models',
    '//v1/models',
    '/v1//models',
    '/v1/models//',
    '/v1\\models',
    '/v1%2Fmodels',
    '/v1%2fmodels',
    '/v1%5cmodels',
    '/v1/models/a%5Cb',
    '/v1/models%00',
    '/v1/models?a=%00',
    '/v1/models?a=\\',
    '/v1/models%0d%0aX-A:1',
    '/v1/models%7f',
    '/.',
    '/..',
    '/./v1',
    '/v1/..',
    '/v1/../control',
    '/v1/%2e%2e/control',
    '/v1/.%2E/control',
    '/v1/%2e',
    '/v1/models/a%2F..%2F..%2Fcontrol',
    '/v1/models/a%2F%2e%2e',
    '/v1/models/a%2F/b',
    '/v1/models/%2F',
    '/v1/models%2Fa',
    '/v1/models#a',
    '/v1/models?a#b',
    '/v1/mod els',
    '/v1/models?a b',
    '/v1/mödels',
    '/v1/models?ö',
    '/v1/models/\u0001',
    '/v1/models/%',
    '/v1/models/%2',
    '/v1/models/%zz',
    '/v1/models/%ff',
    '/v1/models/%c0%af',
  ])('%j is refused: it could be read in two ways', (target) => {
    expect(splitTarget(target)).toBeNull();
  });
});

describe('host', () => {
  const hosts = allowedHostSet(4283, ['gate.lan', 'box.lan:9000']);

  test.each(['127.0.0.1:4283', 'localhost:4283', 'LocalHost:4283', '[::1]:4283', 'gate.lan', 'gate.lan:4283', 'box.lan:9000'])(
    '%s is one of our names',
    (host) => {
      expect(isAllowedHost(host, hosts)).toBe(true);
    },
  );

  test.each([
    undefined,
    '',
    'localhost',
    '127.0.0.1',
    '127.0.0.1:80',
    'localhost.:4283',
    'x.localhost:4283',
    'x.local:4283',
    'x.internal:4283',
    '0.0.0.0:4283',
    '[::]:4283',
    '127.1:4283',
    '2130706433:4283',
    'rebind.example:4283',
    'localhost:4283.evil.example',
    'localhost:4283 ',
    'user@localhost:4283',
    '::1:4283',
    'box.lan:4283',
  ])('%j is not', (host) => {
    expect(isAllowedHost(host, hosts)).toBe(false);
  });

  test('on port 80 a browser leaves the port out of Host and Origin', () => {
    expect(isAllowedHost('localhost', allowedHostSet(80))).toBe(true);
    expect(judgeOrigin('http://localhost', 'same-origin', ownOriginSet(80))).toBe('allowed');
  });
});

describe('origin', () => {
  const origins = ownOriginSet(4284);

  test.each(['http://127.0.0.1:4284', 'http://localhost:4284'])('%s is ours', (origin) => {
    expect(judgeOrigin(origin, undefined, origins)).toBe('allowed');
  });

  test.each([
    'null',
    '',
    'http://127.0.0.1:4283',
    'http://127.0.0.1',
    'https://127.0.0.1:4284',
    'http://LOCALHOST:4284',
    'http://localhost:4284/',
    'http://localhost.evil.example:4284',
    'http://127.0.0.1:4284.evil.example',
    'http://localhost:4284@evil.example',
    'http://localhost:42840',
    'file://',
  ])('%j is foreign', (origin) => {
    expect(judgeOrigin(origin, undefined, origins)).toBe('foreign');
  });

  test('without Origin a browser page of another site is recognised by Sec-Fetch-Site, and a program has none', () => {
    expect(judgeOrigin(undefined, 'cross-site', origins)).toBe('foreign');
    expect(judgeOrigin(undefined, 'same-site', origins)).toBe('foreign');
    expect(judgeOrigin(undefined, 'anything-new', origins)).toBe('foreign');
    expect(judgeOrigin(undefined, 'same-origin', origins)).toBe('none');
    expect(judgeOrigin(undefined, 'none', origins)).toBe('none');
    expect(judgeOrigin(undefined, undefined, origins)).toBe('none');
  });
});

describe('content type', () => {
  test('only application/json is JSON, with parameters or without', () => {
    for (const type of ['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json ;x=1']) {
      expect(isJsonContentType(type)).toBe(true);
    }
    for (const type of [
      undefined,
      '',
      'text/plain',
      'application/jsonp',
      'text/plain; a=application/json',
      'application/json,text/plain',
    ]) {
      expect(isJsonContentType(type)).toBe(false);
    }
  });
});
