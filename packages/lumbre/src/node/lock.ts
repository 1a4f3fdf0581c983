import { open, readFile, rm } from 'node:fs/promises';
import { DataSetError } from '../data/index.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return (error as { code?: unknown }).code === 'EPERM';
  }
};

/** The locks of this process, which has one id for all that it does at the same time. */
const own = new Set<string>();

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid)).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Does something that no other process may do to the same file meanwhile. A lock whose process is gone counts for nothing.
 * @throws DataSetError `data.busy` when another process has the lock
 */
export async function withLock<T>(path: string, name: string, work: () => Promise<T>): Promise<T> {
  if (!(await take(path))) {
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    // A lock without a number is being written, or its writer was killed in between: then its process is not known.
    const held = own.has(path) || (holder > 0 && holder !== process.pid && isAlive(holder));
    if (!held) await rm(path, { force: true });
    if (held || !(await take(path))) {
      throw new DataSetError(
        'data.busy',
        `${name} is being downloaded by another process (${holder}). Wait for it, or delete ${path} if there is none.`,
        { name, path, process: holder },
      );
    }
  }
  own.add(path);
  try {
    return await work();
  } finally {
    own.delete(path);
    await rm(path, { force: true });
  }
}
