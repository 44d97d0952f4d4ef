/** What room the local models take, in words. Pure. */
import type { DiskUse, LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { formatBytes } from '../../components/formats.ts';

/** `9.6 GiB on the disk, 1.2 GiB of it unfinished; 80.0 GiB free`. */
export function diskWords({ totalBytes, partialBytes, freeBytes, countedBy }: DiskUse): string {
  const used = `${countedBy === 'sizes' ? 'up to ' : ''}${formatBytes(totalBytes)} on the disk`;
  const unfinished = partialBytes > 0 ? `, and ${formatBytes(partialBytes)} unfinished` : '';
  return freeBytes === null ? `${used}${unfinished}` : `${used}${unfinished}; ${formatBytes(freeBytes)} free`;
}

/** What deleting a model gives back: less than its size where it shares parts with another. */
export function freedWords({ name, sizeBytes }: Pick<LocalModel, 'name' | 'sizeBytes'>, disk: DiskUse | null): string {
  const own = disk?.models.find((model) => model.name === name)?.ownBytes;
  if (own === undefined || formatBytes(own) === formatBytes(sizeBytes)) return `It frees ${formatBytes(sizeBytes)}.`;
  return `Of its ${formatBytes(sizeBytes)} it frees ${formatBytes(own)}; the rest is shared with other models.`;
}
