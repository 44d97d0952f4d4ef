/** Models on the stand-in's disk, laid out as Ollama lays them out: blobs by digest, and a manifest for each name. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RegistryModel } from './behaviour.ts';

export interface Layer {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
}

export interface StoredModel {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  readonly modifiedAt: string;
  readonly facts: Omit<RegistryModel, 'name' | 'layers'>;
  readonly layers: readonly Layer[];
}

/** The bytes of a layer, the same for the same seed. */
export function layerBytes(seed: string, bytes: number): Buffer {
  const unit = createHash('sha512').update(seed).digest();
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / unit.length) }, () => unit)).subarray(0, bytes);
}

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const defaultTag = (name: string): string => (name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`);

export class ModelStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(this.#blobs, { recursive: true });
  }

  get #blobs(): string {
    return join(this.folder, 'blobs');
  }

  /** @param digest `sha256:…` */
  blob(digest: string): string {
    return join(this.#blobs, digest.replace(':', '-'));
  }

  manifest(name: string): string {
    const [path = '', tag = ''] = defaultTag(name).split(/:(?=[^/]*$)/);
    return join(this.folder, 'manifests', 'registry.ollama.ai', ...(path.includes('/') ? [path] : ['library', path]), tag);
  }

  /** As Ollama does at its start, unless it is told not to: what no manifest names goes. */
  prune(): void {
    const used = new Set(this.list().flatMap(({ layers }) => layers.map(({ digest }) => this.blob(digest))));
    for (const file of globSync('*', { cwd: this.#blobs })) {
      if (!used.has(join(this.#blobs, file))) rmSync(join(this.#blobs, file), { force: true });
    }
  }

  list(): StoredModel[] {
    const root = join(this.folder, 'manifests', 'registry.ollama.ai');
    if (!existsSync(root)) return [];
    const files = globSync('**/*', { cwd: root }).filter((file) => statSync(join(root, file)).isFile());
    return files.flatMap((file) => {
      const parts = file.replaceAll('\\', '/').split('/');
      const tag = parts.pop();
      const name = `${parts.join('/').replace(/^library\//, '')}:${tag}`;
      const found = this.find(name);
      return found ? [found] : [];
    });
  }

  find(name: string): StoredModel | null {
    const file = this.manifest(name);
    if (!existsSync(file)) return null;
    const text = readFileSync(file);
    const { layers, facts } = JSON.parse(text.toString('utf8'));
    const size = layers.reduce((sum: number, layer: Layer) => sum + layer.size, 0);
    const modifiedAt = statSync(file).mtime.toISOString();
    return { name: defaultTag(name), digest: digestOf(text).slice('sha256:'.length), size, modifiedAt, facts, layers };
  }

  write(name: string, layers: readonly Layer[], facts: StoredModel['facts']): void {
    const file = this.manifest(name);
    mkdirSync(dirname(file), { recursive: true });
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    writeFileSync(file, JSON.stringify({ schemaVersion: 2, mediaType, config: { size: 0 }, layers, facts }));
  }

  delete(name: string): boolean {
    const found = this.find(name);
    if (!found) return false;
    rmSync(this.manifest(name));
    const used = new Set(this.list().flatMap(({ layers }) => layers.map(({ digest }) => digest)));
    for (const { digest } of found.layers) if (!used.has(digest)) rmSync(this.blob(digest), { force: true });
    return true;
  }
}
