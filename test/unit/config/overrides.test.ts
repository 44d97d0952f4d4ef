/** What flags lay over the config, and that it stays out of the document. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildEffectiveConfig, type ConfigOverride } from '../../../gateway/config/overrides.ts';

test('an override changes its own field and no other', () => {
  const document = { version: 1, listen: { port: 5000, allowedHosts: ['gate.example'] } };
  const built = buildEffectiveConfig(document, [{ path: 'listen.port', value: 0, source: '--port' }]);
  expect(built).toMatchObject({ ok: true, config: { listen: { port: 0, allowedHosts: ['gate.example'], host: '127.0.0.1' } } });
  expect(document.listen.port).toBe(5000);
});

test('the document must be sound by itself: an override does not hide a mistake in it', () => {
  const built = buildEffectiveConfig({ version: 1, listen: { port: 'x' } }, [
    { path: 'listen.port', value: 1, source: '--port' },
  ]);
  expect(built).toMatchObject({ ok: false, problems: [{ path: 'listen.port' }] });
});

test('an override that cannot be is blamed on its source, not on the document', () => {
  const built = buildEffectiveConfig({ version: 1 }, [{ path: 'listen.port', value: 70_000, source: 'GATEHOUSE_PORT' }]);
  expect(built).toMatchObject({
    ok: false,
    problems: [{ path: 'listen.port', message: expect.stringContaining('GATEHOUSE_PORT') }],
  });
});

const override = fc.oneof(
  fc.record({ path: fc.constant('listen.port'), value: fc.integer({ min: 0, max: 65_535 }), source: fc.constant('--port') }),
  fc.record({ path: fc.constant('access.requireKey'), value: fc.boolean(), source: fc.constant('--x') }),
  fc.record({
    path: fc.constant('timeouts.idleMs'),
    value: fc.integer({ min: 1, max: 9999 }),
    source: fc.constant('GATEHOUSE_X'),
  }),
);

/** Documents with some parts left out, as people write them. */
const someDocument = fc.record(
  {
    version: fc.constant(1),
    listen: fc.record({ port: fc.integer({ min: 0, max: 65_535 }) }, { requiredKeys: [] }),
    access: fc.record({ requireKey: fc.boolean() }, { requiredKeys: [] }),
    timeouts: fc.record(
      { idleMs: fc.integer({ min: 1, max: 9999 }), totalMs: fc.integer({ min: 1, max: 9999 }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['version'] },
);

test('whatever is laid over whatever document, the document keeps every bit and the config says what was laid', () => {
  fc.assert(
    fc.property(
      someDocument,
      fc.uniqueArray(override, { selector: (one) => one.path }),
      (document, overrides: ConfigOverride[]) => {
        const before = JSON.stringify(document);
        const built = buildEffectiveConfig(document, overrides);
        expect(JSON.stringify(document)).toBe(before);
        if (!built.ok) throw new Error(JSON.stringify(built.problems));
        for (const { path, value } of overrides) {
          const [branch = '', leaf = ''] = path.split('.');
          expect(built.config).toMatchObject({ [branch]: { [leaf]: value } });
        }
      },
    ),
  );
});
