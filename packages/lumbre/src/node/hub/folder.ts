import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HubError } from '../../hub/hubError.ts';
import { checkRange, type RandomAccessFile } from '../../hub/randomAccess.ts';
import { isSafePath, type Repository, type RepositoryFiles, repositoryOf } from '../../hub/repository.ts';

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String((error as { code?: unknown } | null)?.code));

/** A file of the disk of which parts are read; null when there is none. @throws Error of the file system */
export async function openFile(path: string, name = path): Promise<RandomAccessFile | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const info = await handle.stat();
    if (!info.isFile()) {
      await handle.close();
      return null;
    }
    return fileOf(handle, info.size, name);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function fileOf(handle: FileHandle, size: number, name: string): RandomAccessFile {
  let closing: Promise<void> | undefined;
  const file: RandomAccessFile = {
    name,
    size,
    async read(start, end) {
      checkRange(file, start, end);
      const bytes = new Uint8Array(end - start);
      for (let have = 0; have < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, have, bytes.length - have, start + have);
        if (bytesRead === 0) {
          throw new HubError(
            'hub.damaged',
            `hub: ${name} ended at byte ${start + have}; it had ${size} when it was opened.`,
          );
        }
        have += bytesRead;
      }
      return bytes;
    },
    close: () => (closing ??= handle.close()),
  };
  return file;
}

const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

/** More entries than this are no model. */
const MOST_FILES = 100_000;

/** The files of a folder by their paths in it, those of folders inside too. What begins with a dot is passed over. */
export async function filesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (entry.name.startsWith('.') || !isSafePath(path)) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(folder, path)))))
        found.push(path);
      if (found.length > MOST_FILES) {
        throw new HubError(
          'hub.tooLarge',
          `hub: ${folder} has more than ${MOST_FILES} files, which is no model.`,
        );
      }
    }
  };
  await visit('');
  return found.sort();
}

export function folderFiles(folder: string, name = folder): RepositoryFiles {
  return {
    name,
    list: () => filesOf(folder),
    has: (path) => isFile(join(folder, path)),
    open: (path) => openFile(join(folder, path), `${name}/${path}`),
  };
}

/** A folder of the disk, which is not looked at before a file is asked for. */
export const folderRepository = (folder: string): Repository =>
  repositoryOf(folderFiles(resolve(folder), folder));
