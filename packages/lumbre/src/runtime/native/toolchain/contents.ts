import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environment, warn } from '#platform';
import { KEY, libraryPath, readSidecar, remove, removeBatch, sidecarPath } from './batches.ts';
import { kernelFolder } from './cacheFolder.ts';

/** What a folder of kernels holds. */
export interface CacheInfo {
  readonly folder: string;
  /** Of all libraries and their descriptions. */
  readonly bytes: number;
  /** Libraries, the addon's included. */
  readonly batches: number;
  readonly kernels: number;
  /** When the library used longest ago, and the one used last, were used. */
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

/** What was deleted. */
export interface Cleared {
  readonly folder: string;
  readonly bytes: number;
  readonly batches: number;
  readonly kernels: number;
}

/** How much a folder may hold. */
export interface CacheBound {
  readonly bytes: number;
  readonly batches: number;
}

const MEGABYTE = 1e6;
const DEFAULT_MEGABYTES = 256;
const MOST_BATCHES = 4000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A library used this recently may be about to be loaded by another process. */
const GRACE_MS = 10_000;
/** Past a bound, a tenth more is deleted than must be, so that the next batch does not meet it again. */
const KEPT_SHARE = 0.9;

/** `LUMBRE_CACHE_MB` megabytes, 256 unless set, and 4,000 libraries. */
export function cacheBound(): CacheBound {
  const text = environment('LUMBRE_CACHE_MB');
  let megabytes = text?.trim() ? Number(text) : DEFAULT_MEGABYTES;
  if (!(megabytes >= 0)) {
    warn(`LUMBRE_CACHE_MB is no number of megabytes: '${text}'. ${DEFAULT_MEGABYTES} is used.`);
    megabytes = DEFAULT_MEGABYTES;
  }
  return { bytes: megabytes * MEGABYTE, batches: MOST_BATCHES };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The batch that a library's name names. */
const batchIn = (name: string): string | null =>
  name.endsWith('.so') && KEY.test(name.slice(0, -3)) ? name.slice(0, -3) : null;

interface Batch {
  readonly batch: string;
  readonly bytes: number;
  readonly used: number;
}

const statOf = (path: string): { readonly size: number; readonly mtimeMs: number } | null => {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
};

function batchesIn(folder: string): Batch[] {
  const found: Batch[] = [];
  for (const { name } of entriesOf(folder)) {
    const batch = batchIn(name);
    const stat = batch && statOf(join(folder, name));
    if (!batch || !stat) continue;
    const bytes = stat.size + (statOf(sidecarPath(folder, batch))?.size ?? 0);
    found.push({ batch, bytes, used: stat.mtimeMs });
  }
  return found;
}

const totalOf = (batches: readonly Batch[]): number => batches.reduce((sum, { bytes }) => sum + bytes, 0);

/** Looks at a folder, the cache's own unless given; one that does not exist is empty. */
export function cacheInfo(folder: string = kernelFolder()): CacheInfo {
  const batches = batchesIn(folder);
  const kernels = new Set<string>();
  for (const { batch } of batches) {
    const sidecar = readSidecar(folder, batch);
    if (sidecar && !sidecar.addon) for (const key of sidecar.kernels) kernels.add(key);
  }
  const times = batches.map(({ used }) => used).sort((a, b) => a - b);
  const date = (time: number | undefined): Date | null => (time === undefined ? null : new Date(time));
  return {
    folder,
    bytes: totalOf(batches),
    batches: batches.length,
    kernels: kernels.size,
    oldest: date(times[0]),
    newest: date(times.at(-1)),
  };
}

/** Deletes what Lumbre keeps in a folder, the cache's own unless given, and nothing else that may lie there. */
export function clearCache(folder: string = kernelFolder()): Cleared {
  const { bytes, batches, kernels } = cacheInfo(folder);
  // The index first: what is no longer found is no longer handed out.
  const index = join(folder, 'index');
  for (const { name } of entriesOf(index)) if (KEY.test(name)) remove(join(index, name));
  for (const { name } of entriesOf(folder)) {
    const sidecar = name.endsWith('.json') && KEY.test(name.slice(0, -5));
    if (sidecar || batchIn(name) || isFailure(name)) remove(join(folder, name));
  }
  removeStale(folder);
  return { folder, bytes, batches, kernels };
}

const isFailure = (name: string): boolean => /^failed-[0-9a-f]+\.c$/.test(name);

/** Removes what processes left that were killed while they compiled, and sources that failed days ago. */
export function removeStale(folder: string, now: number = Date.now()): void {
  const entries = entriesOf(folder);
  const names = new Set(entries.map(({ name }) => name));
  for (const { name } of entries) {
    const batch = batchIn(name);
    const orphan =
      (batch && !names.has(`${batch}.json`)) ||
      (name.endsWith('.json') && KEY.test(name.slice(0, -5)) && !names.has(`${name.slice(0, -5)}.so`));
    const limit = isFailure(name) ? DAY_MS : orphan || /^(work|probe)-\d+-/.test(name) ? HOUR_MS : null;
    if (limit === null) continue;
    const stat = statOf(join(folder, name));
    if (stat && now - stat.mtimeMs > limit) remove(join(folder, name));
  }
}

/**
 * Deletes the batches used longest ago until a folder is within its bound.
 * @param inUse batches that stay, whatever the bound
 * @returns the bytes that are left
 */
export function evict(folder: string, bound: CacheBound, inUse: (batch: string) => boolean): number {
  const batches = batchesIn(folder).sort((a, b) => a.used - b.used);
  let bytes = totalOf(batches);
  let count = batches.length;
  if (bytes <= bound.bytes && count <= bound.batches) return bytes;
  for (const { batch, bytes: own } of batches) {
    if (bytes <= bound.bytes * KEPT_SHARE && count <= bound.batches * KEPT_SHARE) break;
    if (inUse(batch)) continue;
    // Asked again: another process may have begun to use it meanwhile.
    const used = statOf(libraryPath(folder, batch))?.mtimeMs ?? 0;
    if (Date.now() - used < GRACE_MS) continue;
    removeBatch(folder, batch);
    bytes -= own;
    count--;
  }
  return bytes;
}
