/** Where a model is written: files by path, each whole or not at all. */
export interface ModelTarget {
  /** What it is called in messages. */
  readonly name: string;
  /** Writes a file from its pieces, one after the other; what was there before stays until all are written. */
  write(path: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /** The paths of what is there. */
  list(): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
}

/** A target in memory: for tests, and for browsers, which offer the files for download. */
export interface MemoryTarget extends ModelTarget {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** Files that are kept in memory: `memoryRepository(target.files)` reads them again. */
export function memoryTarget(name = 'memory'): MemoryTarget {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    name,
    files,
    list: async () => [...files.keys()].sort(),
    async remove(path) {
      files.delete(path);
    },
    async write(path, pieces) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      // Copied: whoever makes pieces may fill one array again and again.
      for await (const piece of pieces) parts.push(new Uint8Array(piece));
      files.set(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
    },
  };
}
