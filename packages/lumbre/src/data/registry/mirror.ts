import { type DataPart, type DecodeOptions, decodeDataSet } from './decode.ts';
import type { DataSetEntry, FileSet } from './entry.ts';
import { isMirrored } from './entry.ts';
import { DataSetError } from './errors.ts';
import type { NormalizeOptions } from './normalize.ts';
import { findDataSet, registry } from './registry.ts';
import type { DataSource, LoadedData } from './source.ts';
import { verifyFile } from './verify.ts';

/** Reads a file of a mirror by its path, with forward slashes: its bytes, or null when the mirror has none. */
export type ReadMirror = (path: string) => Promise<Uint8Array | null>;

/**
 * The first set of a data set that a mirror has whole, its files verified; null when it has none.
 *
 * @param options.root what stands before the paths in messages
 * @throws DataSetError when a file is there and is not what it should be
 */
export async function readFromMirror(
  entry: DataSetEntry,
  read: ReadMirror,
  { root, ...options }: NormalizeOptions & { readonly root?: string } = {},
): Promise<{ readonly set: FileSet; readonly parts: readonly DataPart[] } | null> {
  for (const set of entry.sets.filter(isMirrored)) {
    const files: [FileSet['files'][number], string, Uint8Array][] = [];
    for (const file of set.files) {
      const path = file.mirror as string;
      const bytes = await read(path);
      if (bytes === null) break;
      files.push([file, path, bytes]);
    }
    if (files.length < set.files.length) continue;
    const parts: DataPart[] = [];
    for (const [file, path, bytes] of files) {
      const name = root === undefined ? path : `${root}/${path}`;
      const { content } = await verifyFile(file, bytes, name, options);
      parts.push({ role: file.role, name, content });
    }
    return { set, parts };
  }
  return null;
}

/**
 * A source that knows a mirror alone, however it is read: by `fetch` from the same server as a page, for instance. Its files
 * lie as the registry's `mirror` says, and nothing else is asked.
 */
export function mirrorSource(
  read: ReadMirror,
  { entries = registry, ...options }: DecodeOptions & { readonly entries?: readonly DataSetEntry[] } = {},
): DataSource {
  return {
    async open(name): Promise<LoadedData> {
      const entry = findDataSet(name, entries);
      const found = await readFromMirror(entry, read);
      if (found) return decodeDataSet(entry, found.parts, found.set, options);
      const files = entry.sets
        .find(isMirrored)
        ?.files.map(({ mirror }) => mirror)
        .join(', ');
      throw new DataSetError(
        'data.mirrorMissing',
        `The mirror does not have ${entry.name}: it would be ${files ?? 'nothing that a mirror has'}.`,
        { name: entry.name, files: files ?? '' },
      );
    },
  };
}
