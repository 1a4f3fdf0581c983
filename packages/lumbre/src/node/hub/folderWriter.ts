import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FolderWriter } from '../../hub/folderWriter.ts';
import { checkPath } from '../../hub/repository.ts';
import { filesOf } from './folder.ts';

/** A folder of the disk, made when the first file is. Files are written under another name and then renamed. */
export function openWriter(target: string): FolderWriter {
  const folder = resolve(target);
  const place = (path: string): string => {
    checkPath(target, path);
    return join(folder, ...path.split('/'));
  };
  return {
    name: target,
    list: async () => ((await stat(folder).catch(() => null)) ? await filesOf(folder) : []),
    remove: (path) => rm(place(path), { force: true }),
    async write(path, pieces) {
      const end = place(path);
      await mkdir(dirname(end), { recursive: true });
      const temporary = join(dirname(end), `.${basename(end)}.${randomBytes(4).toString('hex')}.tmp`);
      try {
        const file = await open(temporary, 'wx');
        try {
          for await (const piece of pieces) await file.writeFile(piece);
        } finally {
          await file.close();
        }
        await rename(temporary, end);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}
