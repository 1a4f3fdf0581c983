import { openWriter } from '#hub';
import { checkPath } from './repository.ts';

/** Where the files of a model are written to. A file is there whole or not at all. */
export interface FolderWriter {
  /** What it is called in messages. */
  readonly name: string;
  /** Writes a file, piece by piece; an old one of the same path is replaced when the last piece is there. */
  write(path: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /** The paths of all files. */
  list(): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
}

/** A folder of the disk by its path, in Node; a writer passes through. @throws HubError in browsers, for a path */
export const openFolderWriter = (target: string | FolderWriter): FolderWriter =>
  typeof target === 'string' ? openWriter(target) : target;

/** Writes a text, as JSON files are: UTF-8. */
export const writeText = async (folder: FolderWriter, path: string, text: string): Promise<void> =>
  await folder.write(path, [new TextEncoder().encode(text)]);

/** What was written, in memory: to be offered for download, or read again with `memoryRepository(folder.files)`. */
export interface MemoryFolder extends FolderWriter {
  readonly files: ReadonlyMap<string, Blob>;
}

export function memoryFolder(name = 'memory'): MemoryFolder {
  const files = new Map<string, Blob>();
  return {
    name,
    files,
    list: async () => [...files.keys()].sort(),
    async remove(path) {
      files.delete(path);
    },
    async write(path, pieces) {
      checkPath(name, path);
      // Browsers keep large Blobs on disk, so that it is worthwhile to give each piece away at once.
      const parts: Blob[] = [];
      for await (const piece of pieces) parts.push(new Blob([new Uint8Array(piece)]));
      files.set(path, new Blob(parts));
    },
  };
}
