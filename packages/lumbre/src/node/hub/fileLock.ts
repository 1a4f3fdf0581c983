import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../../hub/hubError.ts';

/** A lock is touched so often while it is held; one that was not for much longer belongs to nobody. */
const TOUCH_MS = 5_000;
const STALE_MS = 30_000;
const LOOK_MS = 200;

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** What waits for what in this process, which has one id for all that it does at the same time. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Does something that no other process may do to the same file meanwhile, after waiting for whoever is doing it. A lock whose
 * process has ended, here or on another machine that shares the disk, counts for nothing.
 * @throws HubError `hub.aborted`
 */
export async function withFileLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  const turn = before.catch(() => undefined).then(() => locked(path, signal, work));
  queues.set(path, turn);
  try {
    return await turn;
  } finally {
    if (queues.get(path) === turn) queues.delete(path);
  }
}

async function locked<T>(path: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${hostname()} ${process.pid}`;
  while (!(await take(path, own))) {
    if (signal?.aborted) {
      throw new HubError('hub.aborted', 'hub: stopped while another process was downloading the same file.', {
        path,
      });
    }
    if (await isStale(path)) await breakLock(path);
    else await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, TOUCH_MS);
  touching.unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await rm(path, { force: true });
  }
}

async function take(path: string, own: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(own).finally(() => file.close());
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (info === null) return false;
  if (Date.now() - info.mtimeMs > STALE_MS) return true;
  const [host, pid] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  return host === hostname() && Number(pid) > 0 && Number(pid) !== process.pid && !isAlive(Number(pid));
}

/** By a rename, which one of those who try it can do. */
async function breakLock(path: string): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
