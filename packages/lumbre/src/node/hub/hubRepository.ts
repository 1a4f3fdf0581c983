import { rm } from 'node:fs/promises';
import type { HttpOptions } from '../../hub/http.ts';
import { fetchListing, type HubModel, isCommit } from '../../hub/hubApi.ts';
import { HubError } from '../../hub/hubError.ts';
import type { RandomAccessFile } from '../../hub/randomAccess.ts';
import { type HubProgress, type Repository, repositoryOf } from '../../hub/repository.ts';
import { fetchBlob } from './fetchBlob.ts';
import { withFileLock } from './fileLock.ts';
import { type FileMetadata, fetchMetadata } from './fileMetadata.ts';
import { openFile } from './folder.ts';
import { ModelCache } from './modelCache.ts';

export interface HubRepositoryOptions extends HttpOptions {
  readonly cacheDir: string;
  readonly offline: boolean;
  readonly progress?: (progress: HubProgress) => void;
}

/**
 * A model of the hub, whose files are downloaded into the cache when they are first opened. The first answer says in which
 * commit a branch is; from then on all files come from that commit, and those that are kept of it are not asked for again.
 * Without a network, what was kept the last time is found.
 */
export class HubRepository {
  readonly #model: HubModel;
  readonly #cache: ModelCache;
  readonly #options: HubRepositoryOptions;
  #commit: string | undefined;
  readonly #metadata = new Map<string, FileMetadata | null>();

  constructor(model: HubModel, options: HubRepositoryOptions) {
    this.#model = model;
    this.#cache = new ModelCache(options.cacheDir, model.name);
    this.#options = options;
    if (isCommit(model.revision)) this.#commit = model.revision;
  }

  get name(): string {
    return this.#model.name;
  }

  async list(): Promise<readonly string[]> {
    if (!this.#options.offline) {
      try {
        const { commit, paths } = await fetchListing(this.#pinned(), this.#options);
        await this.#pin(commit);
        return paths;
      } catch (error) {
        if (!isOffline(error) || (await this.#keptCommit()) === undefined) throw error;
      }
    }
    return await this.#cache.list(await this.#mustKeepCommit('any file'));
  }

  async has(path: string): Promise<boolean> {
    const kept = await this.#kept(path);
    if (kept !== undefined) return kept;
    return (await this.#ask(path)) !== null;
  }

  async open(path: string): Promise<RandomAccessFile | null> {
    const kept = await this.#kept(path);
    if (kept === false) return null;
    if (kept === undefined) {
      const metadata = await this.#ask(path);
      if (metadata === null) return null;
      if (metadata !== 'kept') await this.#fetch(path, metadata);
    }
    return await openFile(this.#cache.file(this.#commit as string, path), `${this.name}/${path}`);
  }

  /** Whether a file is there, as far as the cache knows without asking anybody. */
  async #kept(path: string): Promise<boolean | undefined> {
    if (this.#options.offline) this.#commit ??= await this.#mustKeepCommit(path);
    if (this.#commit === undefined) return undefined;
    if (await this.#cache.has(this.#commit, path)) return true;
    if (await this.#cache.isAbsent(this.#commit, path)) return false;
    if (!this.#options.offline) return undefined;
    throw this.#notKept(path);
  }

  /** What the hub says of a file; null when it does not exist; 'kept' when nobody answers and it is here. */
  async #ask(path: string): Promise<FileMetadata | null | 'kept'> {
    const known = this.#metadata.get(path);
    if (known !== undefined) return known;
    try {
      const answer = await fetchMetadata(this.#pinned(), path, this.#options);
      if (answer.commit !== undefined) await this.#pin(answer.commit);
      const metadata = 'absent' in answer ? null : answer;
      if (metadata === null && answer.commit !== undefined) await this.#cache.noteAbsent(answer.commit, path);
      this.#metadata.set(path, metadata);
      return metadata;
    } catch (error) {
      const commit = isOffline(error) ? await this.#keptCommit() : undefined;
      if (commit === undefined) throw error;
      if (await this.#cache.has(commit, path)) {
        this.#commit = commit;
        return 'kept';
      }
      if (await this.#cache.isAbsent(commit, path)) return null;
      throw error;
    }
  }

  async #fetch(path: string, metadata: FileMetadata): Promise<void> {
    const { commit, etag } = metadata;
    const cache = this.#cache;
    await withFileLock(cache.lock(etag), this.#options.signal, async () => {
      const blob = cache.blob(etag);
      const kept = await openFile(blob);
      await kept?.close();
      // What is here with another size was written by a program that was cut off.
      if (kept && metadata.size !== undefined && kept.size !== metadata.size) await rm(blob, { force: true });
      if (!kept || (metadata.size !== undefined && kept.size !== metadata.size)) {
        await fetchBlob(this.#model, path, metadata, blob, this.#options);
      }
      await cache.show(etag, commit, path);
    });
  }

  #pinned(): HubModel {
    return this.#commit === undefined ? this.#model : { ...this.#model, revision: this.#commit };
  }

  async #pin(commit: string): Promise<void> {
    if (this.#commit !== undefined) return;
    this.#commit = commit;
    await this.#cache.noteCommit(this.#model.revision, commit);
  }

  async #keptCommit(): Promise<string | undefined> {
    return this.#commit ?? (await this.#cache.commitOf(this.#model.revision));
  }

  async #mustKeepCommit(path: string): Promise<string> {
    const commit = await this.#keptCommit();
    if (commit === undefined) throw this.#notKept(path);
    return commit;
  }

  #notKept(path: string): HubError {
    const { name, revision } = this.#model;
    return new HubError(
      'hub.notCached',
      `hub: ${path} of ${name} (${revision}) is not in the cache, ${this.#cache.folder}, and nothing may be fetched ` +
        '(localFilesOnly, or HF_HUB_OFFLINE). Let it be downloaded once, or give the folder where the model lies.',
      { repository: name, revision, path, cache: this.#cache.folder },
    );
  }
}

const isOffline = (error: unknown): boolean => error instanceof HubError && error.code === 'hub.offline';

export const hubRepository = (model: HubModel, options: HubRepositoryOptions): Repository =>
  repositoryOf(new HubRepository(model, options));
