import { blobFile, memoryFile } from './randomAccess.ts';
import { type Repository, repositoryOf } from './repository.ts';

/** Files by path that are in memory, or that somebody chose in a browser: bytes, texts, Blobs. */
export type FilesByPath = Iterable<readonly [path: string, content: Uint8Array | string | Blob]>;

/** A repository of files that are here already: `memoryRepository([['config.json', text]])`. */
export function memoryRepository(files: FilesByPath, name = 'these files'): Repository {
  const contents = new Map(files);
  return repositoryOf({
    name,
    list: async () => [...contents.keys()].sort(),
    has: async (path) => contents.has(path),
    async open(path) {
      const content = contents.get(path);
      if (content === undefined) return null;
      if (content instanceof Blob) return blobFile(content, path);
      return memoryFile(typeof content === 'string' ? new TextEncoder().encode(content) : content, path);
    },
  });
}
