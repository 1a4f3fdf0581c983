import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCommit } from '../../hub/hubApi.ts';
import { isModelName } from '../../hub/modelName.ts';
import { filesOf } from './folder.ts';

/** What the cache has of one commit of a model. */
export interface CachedRevision {
  readonly commit: string;
  /** Branches and tags that were at this commit when they were last asked for. */
  readonly refs: readonly string[];
  readonly files: readonly string[];
}

/** What the cache has of one model. */
export interface CachedModel {
  readonly name: string;
  readonly folder: string;
  /** On the disk, half downloads among them. */
  readonly bytes: number;
  /** Of downloads that were cut off and can be gone on with. */
  readonly incompleteBytes: number;
  /** When something of it was last written, in milliseconds. */
  readonly changed: number;
  readonly revisions: readonly CachedRevision[];
}

const entriesOf = async (folder: string): Promise<string[]> => await readdir(folder).catch(() => []);

/** The models in a cache, by name, those that Python downloaded too. A folder that is missing has none. */
export async function scanCache(cacheDir: string): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  for (const entry of await entriesOf(cacheDir)) {
    const name = entry.startsWith('models--') ? entry.slice('models--'.length).replaceAll('--', '/') : '';
    if (isModelName(name)) models.push(await scanModel(join(cacheDir, entry), name));
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function scanModel(folder: string, name: string): Promise<CachedModel> {
  let bytes = 0;
  let incompleteBytes = 0;
  let changed = 0;
  for (const blob of await entriesOf(join(folder, 'blobs'))) {
    const info = await stat(join(folder, 'blobs', blob)).catch(() => null);
    if (!info?.isFile()) continue;
    bytes += info.size;
    if (blob.endsWith('.incomplete')) incompleteBytes += info.size;
    changed = Math.max(changed, info.mtimeMs);
  }
  const refs = await refsOf(join(folder, 'refs'));
  const revisions: CachedRevision[] = [];
  for (const commit of (await entriesOf(join(folder, 'snapshots'))).filter(isCommit).sort()) {
    const snapshot = join(folder, 'snapshots', commit);
    const files = await filesOf(snapshot).catch(() => []);
    for (const file of files) {
      // Where there are no links, a file is here itself.
      const info = await lstat(join(snapshot, file)).catch(() => null);
      if (info?.isFile()) bytes += info.size;
    }
    revisions.push({ commit, files, refs: refs.flatMap(([ref, at]) => (at === commit ? [ref] : [])) });
  }
  return { name, folder, bytes, incompleteBytes, changed, revisions };
}

async function refsOf(folder: string): Promise<[ref: string, commit: string][]> {
  const refs = await filesOf(folder).catch(() => []);
  return await Promise.all(
    refs.map(async (ref): Promise<[string, string]> => {
      const text = await readFile(join(folder, ref), 'utf8').catch(() => '');
      return [ref, text.trim()];
    }),
  );
}
