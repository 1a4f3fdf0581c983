import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelTarget } from '../../hub/modelTarget.ts';
import { checkPath } from '../../hub/repository.ts';

/** Writes a model into a folder of the disk: each file under a temporary name, then renamed. */
export function folderTarget(folder: string): ModelTarget {
  const root = resolve(folder);
  const placeOf = (path: string): string => {
    checkPath(folder, path);
    return join(root, ...path.split('/'));
  };
  return {
    name: folder,
    async list() {
      await mkdir(root, { recursive: true });
      const entries = await readdir(root, { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
    },
    async remove(path) {
      await rm(placeOf(path), { force: true });
    },
    async write(path, pieces) {
      const place = placeOf(path);
      await mkdir(dirname(place), { recursive: true });
      const temporary = join(dirname(place), `.${basename(place)}.${randomBytes(4).toString('hex')}.tmp`);
      try {
        const file = await open(temporary, 'wx');
        try {
          for await (const piece of pieces) await file.writeFile(piece);
        } finally {
          await file.close();
        }
        await rename(temporary, place);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}
