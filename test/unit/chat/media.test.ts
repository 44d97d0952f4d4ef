/** Pictures and files in requests: data URLs taken apart, pictures checked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkImage, maximumImageBytes, mediaUrl, readMediaUrl } from '../../../gateway/chat/media.ts';
import type { MediaSource } from '../../../gateway/chat/request.ts';

const field = 'messages.0.content.1.image_url';
const refusal = (words: RegExp) => expect.objectContaining({ kind: 'bad-request', field, message: expect.stringMatching(words) });

describe('a data URL', () => {
  test('is taken apart and put together again without a change', () => {
    const property = fc.property(
      fc.base64String(),
      fc.constantFrom('image/png', 'audio/wav', 'application/pdf'),
      (data, mediaType) => {
        const source = readMediaUrl(`data:${mediaType};base64,${data}`, field);
        expect(source).toEqual({ type: 'base64', mediaType, data });
        if (source.type !== 'file-id') expect(mediaUrl(source)).toBe(`data:${mediaType};base64,${data}`);
      },
    );
    fc.assert(property);
  });

  test.each([
    ['DATA:Image/PNG;BASE64,AA==', 'image/png'],
    ['data:text/plain;charset=utf-8;base64,AA==', 'text/plain'],
    ['data:image/png;name=a.png;base64,AA==', 'image/png'],
  ])('is read in other writings: %s', (url, mediaType) => {
    expect(readMediaUrl(url, field)).toEqual({ type: 'base64', mediaType, data: 'AA==' });
  });

  test('keeps commas of its data', () => {
    expect(readMediaUrl('data:image/png;base64,A,B', field)).toMatchObject({ data: 'A,B' });
  });

  test.each([
    ['data:image/png;base64', /whole data: URL/],
    ['data:', /whole data: URL/],
    ['data:,AA', /whole data: URL/],
    ['data:;base64,AA', /whole data: URL/],
    ['data:image/png,AA', /in base64/],
    ['data:image/svg+xml;utf8,<svg/>', /in base64/],
    ['data:image/png;base64;charset=x,AA', /in base64/],
    [`data:${';'.repeat(8_000_000)}`, /whole data: URL/],
    [`data:image/png${';a'.repeat(4_000_000)};base64,AA`, /whole data: URL|in base64/],
  ])('that is none is refused by name (%#)', (url, words) => {
    expect(() => readMediaUrl(url, field)).toThrow(refusal(words));
  });

  test('of tens of megabytes is read', () => {
    expect(readMediaUrl(`data:image/png;base64,${'A'.repeat(30_000_000)}`, field)).toMatchObject({ type: 'base64' });
  });
});

describe('an address', () => {
  test.each(['https://a/b', 'HTTP://a', 'gs://bucket/file'])('%s is kept', (url) => {
    expect(readMediaUrl(url, field)).toEqual({ type: 'url', url, mediaType: null });
  });

  test.each(['file:///etc/passwd', 'ftp://a', 'https://', '', 'AAAA', 'javascript:alert(1)', ' https://a'])(
    '%j is refused',
    (url) => {
      expect(() => readMediaUrl(url, field)).toThrow(refusal(/must be an http/));
    },
  );
});

describe('a picture', () => {
  const picture = (data: string, mediaType = 'image/png'): MediaSource => ({ type: 'base64', mediaType, data });

  test.each(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/heic', 'image/heif'])(
    'of %s passes unchanged',
    (type) => {
      const source = picture('AAAA', type);
      expect(checkImage(source, field)).toBe(source);
    },
  );

  test('of the type image/jpg is a JPEG', () => {
    expect(checkImage(picture('AAAA', 'image/jpg'), field)).toEqual(picture('AAAA', 'image/jpeg'));
  });

  test('at an address or kept by a provider is not judged', () => {
    for (const source of [{ type: 'url', url: 'x', mediaType: null } as const, { type: 'file-id', id: 'f' } as const]) {
      expect(checkImage(source, field)).toBe(source);
    }
  });

  test.each([
    ['of another type', picture('AAAA', 'image/svg+xml'), /type image\/svg\+xml/],
    ['of no type', picture('AAAA', ''), /type \(none\)/],
    ['of a type that every object has', picture('AAAA', 'constructor'), /type constructor/],
    ['without data', picture(''), /sound base64/],
    ['with other characters', picture('AA A'), /sound base64/],
    ['with padding within', picture('A=AA'), /sound base64/],
    ['of padding alone', picture('='.repeat(100_000)), /sound base64/],
  ])('%s is refused by name', (_what, source, words) => {
    expect(() => checkImage(source, field)).toThrow(refusal(words));
  });

  test('may have ten megabytes, and not a byte more', () => {
    const full = Buffer.alloc(maximumImageBytes).toString('base64');
    expect(checkImage(picture(full), field)).toMatchObject({ type: 'base64' });
    const more = Buffer.alloc(maximumImageBytes + 1).toString('base64');
    expect(() => checkImage(picture(more), field)).toThrow(refusal(/has 10\.0 MB/));
  });
});
