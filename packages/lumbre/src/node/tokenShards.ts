import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TokenFiles } from '../data/shards/index.ts';

/**
 * A folder as the place of token shards. It is made when the first file is written; files appear whole, by renaming.
 * @throws RangeError for what is no plain file name; errors of the file system as they are.
 */
export function tokenFolder(folder: string): TokenFiles {
  const pathOf = (name: string): string => {
    if (name === '' || name.startsWith('.') || basename(name) !== name || name.includes('\\')) {
      throw new RangeError(`tokenFolder: '${name}' is no plain file name.`);
    }
    return join(folder, name);
  };
  return {
    async read(name, start, end) {
      const file = await open(pathOf(name), 'r');
      try {
        const bytes = new Uint8Array(Math.max(0, end - start));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await file.close();
      }
    },
    size: async (name) => (await stat(pathOf(name))).size,
    async write(name, bytes) {
      const path = pathOf(name);
      await mkdir(folder, { recursive: true });
      const partial = `${path}.${process.pid}.partial`;
      try {
        await writeFile(partial, bytes);
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
  };
}
