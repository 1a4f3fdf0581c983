import { copyFile, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isCommit } from '../../hub/hubApi.ts';
import { writeWhole } from '../files.ts';
import { filesOf } from './folder.ts';
import { linksDisabled, locksFolder } from './settings.ts';

/**
 * The place of one model in the cache, in the layout of `huggingface_hub` (its guide "Understand caching"):
 *
 * - `blobs/<etag>`: contents, each once
 * - `snapshots/<commit>/<path>`: a model as it was in a commit, links to blobs
 * - `refs/<branch>`: which commit a branch was at when it was last asked for
 * - `.no_exist/<commit>/<path>`: files that were asked for and do not exist
 */
export class ModelCache {
  readonly folder: string;
  readonly #locks: string;

  constructor(cacheDir: string, name: string) {
    const own = `models--${name.replaceAll('/', '--')}`;
    this.folder = join(cacheDir, own);
    this.#locks = join(locksFolder(cacheDir), own);
  }

  snapshot(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  file(commit: string, path: string): string {
    return join(this.snapshot(commit), ...path.split('/'));
  }

  blob(etag: string): string {
    return join(this.folder, 'blobs', etag);
  }

  /**
   * Ours. `huggingface_hub` locks `<etag>.lock` by `flock`, which Node does not have; what both download at the same time
   * has the same content, and is put in its place by a rename.
   */
  lock(etag: string): string {
    return join(this.#locks, `${etag}.lumbre.lock`);
  }

  #ref(revision: string): string {
    return join(this.folder, 'refs', ...revision.split('/'));
  }

  /** The commit that a branch or tag was at when it was last asked for. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const text = await readFile(this.#ref(revision), 'utf8').catch(() => '');
    return isCommit(text.trim()) ? text.trim() : undefined;
  }

  async noteCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.commitOf(revision)) === commit) return;
    await writeWhole(this.#ref(revision), commit);
  }

  async has(commit: string, path: string): Promise<boolean> {
    return (await stat(this.file(commit, path)).catch(() => null))?.isFile() ?? false;
  }

  #absent(commit: string, path: string): string {
    return join(this.folder, '.no_exist', commit, ...path.split('/'));
  }

  async isAbsent(commit: string, path: string): Promise<boolean> {
    return (await stat(this.#absent(commit, path)).catch(() => null))?.isFile() ?? false;
  }

  async noteAbsent(commit: string, path: string): Promise<void> {
    await writeWhole(this.#absent(commit, path), '');
  }

  async list(commit: string): Promise<string[]> {
    const folder = this.snapshot(commit);
    return (await stat(folder).catch(() => null)) ? await filesOf(folder) : [];
  }

  /** Shows a blob in a snapshot: by a link, or where there are none by a copy. */
  async show(etag: string, commit: string, path: string): Promise<void> {
    const place = this.file(commit, path);
    const blob = this.blob(etag);
    if (await stat(place).catch(() => null)) return;
    // A link that leads nowhere.
    if (await lstat(place).catch(() => null)) await rm(place, { force: true });
    await mkdir(dirname(place), { recursive: true });
    if (!linksDisabled()) {
      try {
        await symlink(relative(dirname(place), blob), place);
        return;
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (code === 'EEXIST') return;
        if (code !== 'EPERM' && code !== 'ENOSYS' && code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
      }
    }
    const temporary = `${place}.${process.pid}.copy`;
    try {
      await copyFile(blob, temporary);
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
