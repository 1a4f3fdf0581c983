import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { warn } from '#platform';
import { makeFolder } from './makeFolder.ts';

// How a folder of kernels is laid out:
//
//     <batch>.so      a library of one or more kernels
//     <batch>.json    its sidecar, which says what the library must be
//     index/<key>     a symbolic link whose target is the name of the batch that has this kernel
//     work-…          a compilation that goes on, or that was cut off
//     failed-….c      a source that could not be compiled, kept to be looked at
//
// A batch is named by the hash of its library's bytes. That is why nothing needs a lock: whoever writes a file of some name
// writes the same bytes, so that two processes which publish at once cannot mix a library of one with a sidecar of the other;
// and a file that is replaced is replaced by an equal one. All files appear by rename, whole, the index last. A reader
// believes nothing: an index entry without its batch, or a batch unlike its sidecar, is a kernel that is missing.

/** What is said about a library. */
export interface Sidecar {
  readonly sha256: string;
  readonly bytes: number;
  /** Keys of its kernels, or the key of an addon. */
  readonly kernels: readonly string[];
  readonly addon: boolean;
  readonly compiler: string;
  readonly created: string;
}

/** Names of kernels, of addons and of batches. */
export const KEY = /^[0-9a-f]{32}$/;

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

export const libraryPath = (folder: string, batch: string): string => join(folder, `${batch}.so`);
export const sidecarPath = (folder: string, batch: string): string => join(folder, `${batch}.json`);
const indexFolder = (folder: string): string => join(folder, 'index');
const indexPath = (folder: string, key: string): string => join(indexFolder(folder), key);

/** A name that nobody else uses. */
export const uniqueName = (): string =>
  `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

export function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process is faster, or keeps it.
  }
}

/** The sidecar of a batch, or `null` if there is none that makes sense. */
export function readSidecar(folder: string, batch: string): Sidecar | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(sidecarPath(folder, batch), 'utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { sha256, bytes, kernels, addon, compiler, created } = value as Partial<
    Record<keyof Sidecar, unknown>
  >;
  if (typeof sha256 !== 'string' || typeof bytes !== 'number' || typeof addon !== 'boolean') return null;
  if (!Array.isArray(kernels) || !kernels.every((key): key is string => KEY.test(String(key)))) return null;
  if (typeof compiler !== 'string' || typeof created !== 'string') return null;
  return { sha256, bytes, kernels, addon, compiler, created };
}

/** Which batch has a kernel, according to the index. */
export function batchOf(folder: string, key: string): string | null {
  try {
    const batch = readlinkSync(indexPath(folder, key));
    return KEY.test(batch) ? batch : null;
  } catch {
    return null;
  }
}

/** Points a kernel's entry to a batch. Without the entry it is compiled again some day: no reason to fail. */
function enter(folder: string, key: string, batch: string): void {
  const temporary = join(folder, `work-${uniqueName()}`);
  try {
    symlinkSync(batch, temporary);
    renameSync(temporary, indexPath(folder, key));
  } catch {
    remove(temporary);
  }
}

/** Takes a kernel's entry away, unless it points elsewhere by now. */
export function forget(folder: string, key: string, batch: string): void {
  try {
    if (readlinkSync(indexPath(folder, key)) === batch) unlinkSync(indexPath(folder, key));
  } catch {
    // There is none.
  }
}

/** Removes a batch with its index entries. The library goes last, so that what is cut off here is seen as an orphan. */
export function removeBatch(folder: string, batch: string): void {
  for (const key of readSidecar(folder, batch)?.kernels ?? []) forget(folder, key, batch);
  remove(sidecarPath(folder, batch));
  remove(libraryPath(folder, batch));
}

/**
 * Moves a library in, under the name that its bytes give it.
 * @param made a file in the same file system
 * @returns the batch
 * @throws Error of the file system
 */
export function publish(
  folder: string,
  made: string,
  library: Uint8Array,
  about: Pick<Sidecar, 'kernels' | 'addon' | 'compiler'>,
): string {
  const digest = sha256(library);
  const batch = digest.slice(0, 32);
  const sidecar: Sidecar = {
    sha256: digest,
    bytes: library.byteLength,
    ...about,
    created: new Date().toISOString(),
  };
  makeFolder(indexFolder(folder));
  renameSync(made, libraryPath(folder, batch));
  const temporary = join(folder, `work-${uniqueName()}`);
  try {
    writeFileSync(temporary, `${JSON.stringify(sidecar)}\n`, { mode: 0o600 });
    renameSync(temporary, sidecarPath(folder, batch));
  } catch (error) {
    remove(temporary);
    throw error;
  }
  for (const key of about.kernels) enter(folder, key, batch);
  return batch;
}

/**
 * Compares a library with its sidecar. One that differs is removed, with a warning, as is one without a sidecar; one that
 * is sound is marked as used now.
 */
export function verify(folder: string, batch: string): Sidecar | null {
  const path = libraryPath(folder, batch);
  // An eviction leaves nothing, or an orphan: neither is worth a word.
  if (!existsSync(path) || !existsSync(sidecarPath(folder, batch))) return null;
  const sidecar = readSidecar(folder, batch);
  const damage = sidecar ? damageOf(path, sidecar) : 'its description cannot be read';
  if (sidecar && damage === null) {
    touch(path);
    return sidecar;
  }
  warn(`The compiled kernels in ${path} are damaged (${damage}) and are compiled again.`);
  removeBatch(folder, batch);
  return null;
}

function damageOf(path: string, sidecar: Sidecar): string | null {
  try {
    const { size } = statSync(path);
    if (size !== sidecar.bytes) return `${size} bytes, not ${sidecar.bytes}`;
    return sha256(readFileSync(path)) === sidecar.sha256 ? null : 'its bytes have changed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // It only looks older than it is.
  }
}
