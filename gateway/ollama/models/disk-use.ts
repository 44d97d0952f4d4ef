/** How much of the disk models take: layers that several share are counted once, as their manifests name them. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DiskUse, LocalModel } from '../../contract/local-engine/models.ts';
import { readJsonFile } from '../json-file.ts';

const layerSchema = z.object({ digest: z.string(), size: z.number().int().nonnegative() });
const manifestSchema = z.object({ config: layerSchema.partial().optional(), layers: z.array(layerSchema) });

interface Manifest {
  readonly name: string;
  /** Bytes by digest. */
  readonly layers: ReadonlyMap<string, number>;
}

/** @param folder `OLLAMA_MODELS`; null where it is not known @param models as the engine lists them */
export async function measureDiskUse(folder: string | null, models: readonly LocalModel[]): Promise<DiskUse> {
  const here = models.filter(({ remoteHost }) => remoteHost === null);
  const manifests = folder === null ? null : await readManifests(folder).catch(() => null);
  const isWhole = manifests !== null && here.every(({ name }) => manifests.some((one) => one.name === name));
  if (folder === null || !isWhole) return { ...bySizes(here), folder, freeBytes: await freeOn(folder) };
  const partialBytes = await sizeOfPartials(folder).catch(() => 0);
  return { folder, freeBytes: await freeOn(folder), partialBytes, ...byLayers(manifests) };
}

const largestFirst = (one: { sizeBytes: number }, other: { sizeBytes: number }): number => other.sizeBytes - one.sizeBytes;

function bySizes(models: readonly LocalModel[]) {
  const items = models.map(({ name, sizeBytes }) => ({ name, sizeBytes, ownBytes: sizeBytes })).sort(largestFirst);
  const totalBytes = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { totalBytes, partialBytes: 0, countedBy: 'sizes' as const, models: items };
}

function byLayers(manifests: readonly Manifest[]) {
  const uses = new Map<string, number>();
  for (const { layers } of manifests) for (const digest of layers.keys()) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  const all = new Map(manifests.flatMap(({ layers }) => [...layers]));
  const add = (entries: Iterable<readonly [string, number]>): number => [...entries].reduce((sum, [, bytes]) => sum + bytes, 0);
  const models = manifests.map(({ name, layers }) => ({
    name,
    sizeBytes: add(layers),
    ownBytes: add([...layers].filter(([digest]) => uses.get(digest) === 1)),
  }));
  return { totalBytes: add(all), countedBy: 'layers' as const, models: models.sort(largestFirst) };
}

async function readManifests(folder: string): Promise<Manifest[]> {
  const root = join(folder, 'manifests');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const read = await Promise.all(files.map((file) => readManifest(root, file)));
  return read.filter((one) => one !== null);
}

async function readManifest(root: string, file: string): Promise<Manifest | null> {
  const name = nameOf(
    file
      .slice(root.length + 1)
      .replaceAll('\\', '/')
      .split('/'),
  );
  const read = manifestSchema.safeParse(await readJsonFile(file));
  if (!read.success || name === null) return null;
  const { config, layers } = read.data;
  const all = config?.digest === undefined ? layers : [...layers, { digest: config.digest, size: config.size ?? 0 }];
  return { name, layers: new Map(all.map(({ digest, size }) => [digest, size])) };
}

/** `registry.ollama.ai/library/qwen3/8b` is `qwen3:8b`; another host's or person's keeps its name. */
function nameOf(parts: readonly string[]): string | null {
  const [host, owner, ...rest] = parts;
  const tag = rest.at(-1);
  if (host === undefined || owner === undefined || tag === undefined || rest.length < 2) return null;
  const path = rest.slice(0, -1).join('/');
  const owned = owner === 'library' ? path : `${owner}/${path}`;
  return `${host === 'registry.ollama.ai' ? owned : `${host}/${owned}`}:${tag}`;
}

async function sizeOfPartials(folder: string): Promise<number> {
  const blobs = join(folder, 'blobs');
  const names = (await readdir(blobs)).filter((name) => name.includes('-partial'));
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(blobs, name)).then(
        // A part is made at its full length; what it takes is what was written.
        ({ size, blocks }) => Math.min(size, blocks * 512),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function freeOn(folder: string | null): Promise<number | null> {
  if (folder === null) return null;
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}
