import { lstatSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environment, warn } from '#platform';
import { makeFolder } from './makeFolder.ts';
import { forbidsLibraries } from './mounts.ts';

/** A folder that libraries are loaded from must be ours alone: whoever can write to it runs code in our name. */
export class UnsafeFolderError extends Error {
  override readonly name = 'UnsafeFolderError';
}

/** Where Lumbre keeps what it can make again: `LUMBRE_CACHE`, or the system's place for such things. Nothing is made. */
export function cacheRoot(): string {
  const own = environment('LUMBRE_CACHE');
  if (own) return resolve(own);
  const xdg = environment('XDG_CACHE_HOME');
  // The specification wants relative paths ignored.
  if (xdg?.startsWith('/')) return join(xdg, 'lumbre');
  let home: string;
  try {
    home = homedir();
  } catch {
    // A user whom the system does not know, as containers have them.
    return join(tmpdir(), `lumbre-${process.getuid?.() ?? 'cache'}`);
  }
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'lumbre')
    : join(home, '.cache', 'lumbre');
}

/** Where compiled kernels are kept. Nothing is made. */
export const kernelFolder = (): string => join(cacheRoot(), 'kernels');

/**
 * Looks at whom a folder belongs to.
 * @throws UnsafeFolderError when others can write to it
 */
export function checkPrivate(folder: string): void {
  const { uid, mode } = statSync(folder);
  const self = process.getuid?.();
  const advice = 'Name another folder in LUMBRE_CACHE';
  if (self !== undefined && uid !== self) {
    throw new UnsafeFolderError(
      `The kernel cache ${folder} belongs to another user (${uid}, not ${self}), who could put code into it. ${advice}.`,
    );
  }
  if ((mode & 0o022) !== 0) {
    throw new UnsafeFolderError(
      `Other users can write to the kernel cache ${folder}, and so put code into it. ` +
        `${advice}, or take that right away: chmod go-w '${folder}'`,
    );
  }
}

/** As much as a small file takes, to notice a full disk. */
const PROBE = Buffer.alloc(4096);

/**
 * Writes a file to see that it can be done.
 * @throws Error that says why libraries cannot be kept there
 */
export function prepare(folder: string): void {
  const probe = join(folder, `probe-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    writeFileSync(probe, PROBE, { mode: 0o600, flag: 'wx' });
  } finally {
    rmSync(probe, { force: true });
  }
  if (forbidsLibraries(folder)) throw new Error('it is on a file system mounted with noexec');
}

/** What a compilation may need, with the compiler's own files. */
const ROOM_BYTES = 32e6;

/** Whether a disk has enough room for a compilation. */
export function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_BYTES;
}

const TEMPORARY = /^lumbre-kernels-(\d+)-/;
const HOUR_MS = 3_600_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Removes the temporary folders of processes of ours that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    // The hour is for containers that share the folder and know each other's processes by other numbers.
    if (stat?.uid !== process.getuid?.() || !(Date.now() - (stat?.mtimeMs ?? 0) > HOUR_MS)) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

const reasonIn = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * A private folder that is removed when the process ends, for when the cache cannot be used.
 * @param reason why it cannot
 * @throws Error when there is no such folder either
 */
export function temporaryFolder(intended: string, reason: string): string {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), `lumbre-kernels-${process.pid}-`));
    const made = folder;
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    prepare(folder);
    removeAbandoned();
  } catch (error) {
    if (folder) rmSync(folder, { recursive: true, force: true });
    throw new Error(
      `Compiled kernels can be kept neither in ${intended} (${reason}) nor in ${tmpdir()} (${reasonIn(error)}). ` +
        'Name a folder that can be written to in LUMBRE_CACHE.',
    );
  }
  warn(
    `The kernel cache ${intended} cannot be used: ${reason}. Kernels are compiled anew in every process; ` +
      'LUMBRE_CACHE can name another folder.',
  );
  return folder;
}

/**
 * The folder of compiled kernels, made if need be; a temporary one, with a warning, where it cannot be made or written.
 * @throws UnsafeFolderError when other users can write to it
 * @throws Error when there is no other place either
 */
export function openKernelFolder(): string {
  const root = cacheRoot();
  const folder = kernelFolder();
  try {
    makeFolder(folder);
    checkPrivate(root);
    checkPrivate(folder);
    prepare(folder);
    return folder;
  } catch (error) {
    if (error instanceof UnsafeFolderError) throw error;
    return temporaryFolder(folder, reasonIn(error));
  }
}
