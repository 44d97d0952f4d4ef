/** What an own engine wrote, as it is kept and shown. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EngineLog } from '../../../gateway/ollama/process/engine-log.ts';

test('the name and password of a proxy that an engine writes down are neither kept nor shown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-'));
  const log = new EngineLog(join(folder, 'engine.log'), () => 0);
  log.write('msg="server config" env="map[HTTPS_PROXY:http://me:se');
  log.write('cret@proxy.example:8080 NO_PROXY:localhost]"\n');
  await log.close();
  const [line] = log.tail(1);
  expect(line?.text).toBe('msg="server config" env="map[HTTPS_PROXY:http://***@proxy.example:8080 NO_PROXY:localhost]"');
  expect(readFileSync(log.file, 'utf8')).toBe(`1970-01-01T00:00:00.000Z ${line?.text}\n`);
  rmSync(folder, { recursive: true, force: true });
});
