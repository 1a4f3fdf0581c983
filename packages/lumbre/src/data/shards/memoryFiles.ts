import { ShardError, type TokenFiles } from './format.ts';

/** Files in memory: for tests, and for browsers that keep nothing. */
export function memoryTokenFiles(
  files: Map<string, Uint8Array> = new Map(),
): TokenFiles & { readonly files: Map<string, Uint8Array> } {
  const get = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (!bytes) throw new ShardError(`There is no file '${name}'.`);
    return bytes;
  };
  return {
    files,
    read: async (name, start, end) => get(name).slice(start, end),
    size: async (name) => get(name).length,
    write: async (name, bytes) => void files.set(name, bytes.slice()),
  };
}
