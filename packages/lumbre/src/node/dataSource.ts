import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { environment } from '#platform';
import {
  type DataFile,
  type DataPart,
  type DataSetEntry,
  DataSetError,
  type DataSource,
  decodeDataSet,
  type FileSet,
  findDataSet,
  isDownloadable,
  isMirrored,
  type LoadedData,
  maximumBytesOf,
  type NormalizeOptions,
  type OpenOptions,
  readFromMirror,
  registry,
  verifyFile,
} from '../data/index.ts';
import { cacheRoot } from '../runtime/native/toolchain/cacheFolder.ts';
import { type DownloadOptions, type DownloadProgress, download } from './download.ts';
import { readIfThere, readNote, writeWhole } from './files.ts';
import { decodePicture } from './picture.ts';
import { makePixelFaces } from './pixelFaces.ts';

/** Where downloaded data sets are kept: `data` in Lumbre's cache, which `LUMBRE_CACHE` moves. Nothing is made. */
export const dataFolder = (): string => join(cacheRoot(), 'data');

/** Where a data set would be read from. */
export type DataPlace = 'mirror' | 'cache' | 'generated' | 'download' | 'nowhere';

export interface DataStatus {
  readonly place: DataPlace;
  /** The folder that its files lie in; for downloads and what is generated, where they will lie. */
  readonly folder: string;
  /** What is read when it is opened. */
  readonly set?: FileSet;
}

export interface DataSourceOptions extends Pick<DownloadOptions, 'tries' | 'backoffMs' | 'timeoutMs'> {
  /** A folder that is looked into first, laid out as the registry says. Default: `LUMBRE_DATA`, if it is set. */
  readonly dataDir?: string;
  /** Default: `dataFolder()`. */
  readonly cacheDir?: string;
  /** Whether what is not here is downloaded. Default `no`: the error says how to get it. */
  readonly download?: OpenOptions['download'];
  /** Asked before something is downloaded when `download` is `ask`. */
  readonly confirm?: (entry: DataSetEntry) => Promise<boolean>;
  readonly progress?: (progress: DownloadProgress) => void;
  /** Default: the registry. */
  readonly entries?: readonly DataSetEntry[];
}

/** A data set's files, found and verified. */
interface Found {
  readonly place: DataPlace;
  readonly set: FileSet;
  readonly parts: readonly DataPart[];
}

const zlib: NormalizeOptions = {
  gunzip(bytes, maximumBytes) {
    const content = gunzipSync(bytes, { maxOutputLength: maximumBytes });
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  },
};

const hashIn = (note: unknown): string | undefined => {
  const hash = (note as { sha256?: unknown } | null)?.sha256;
  return typeof hash === 'string' ? hash : undefined;
};

/**
 * Data sets from files: a mirror folder first, then what was downloaded before, then the network, which is asked only where
 * that was wished for. Whatever is read is verified each time.
 */
export class NodeDataSource implements DataSource {
  readonly #options: DataSourceOptions;
  readonly #dataDir: string | undefined;
  readonly #cacheDir: string;
  readonly #entries: readonly DataSetEntry[];

  constructor(options: DataSourceOptions = {}) {
    const dataDir = options.dataDir ?? (environment('LUMBRE_DATA') || undefined);
    this.#options = options;
    this.#dataDir = dataDir === undefined ? undefined : resolve(dataDir);
    this.#cacheDir = options.cacheDir ?? dataFolder();
    this.#entries = options.entries ?? registry;
  }

  get entries(): readonly DataSetEntry[] {
    return this.#entries;
  }

  /** @throws DataSetError as `DataSource.open`, besides those of a download; errors of the file system */
  async open(name: string, options: OpenOptions = {}): Promise<LoadedData> {
    const entry = findDataSet(name, this.#entries);
    const found = (await this.#find(entry)) ?? (await this.#fetch(entry, options));
    return decodeDataSet(entry, found.parts, found.set, { decodePicture });
  }

  /**
   * Makes sure that a data set is here, and downloads it when it is not.
   * @param options.force downloads it again even when it is in the cache
   * @returns where it is now
   */
  async get(
    name: string,
    { force = false, signal }: { readonly force?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<DataStatus> {
    const entry = findDataSet(name, this.#entries);
    const found = force ? null : await this.#find(entry);
    const { place, set } = found ?? (await this.#fetch(entry, { download: 'yes', signal }, force));
    return { place, set, folder: this.#folderOf(entry, place) };
  }

  /** Where a data set would be read from, by the files that are there; nothing is read. */
  async status(name: string): Promise<DataStatus> {
    const entry = findDataSet(name, this.#entries);
    const there = async (path: string) => (await stat(path).catch(() => null))?.isFile() ?? false;
    const all = async (paths: readonly string[]) => (await Promise.all(paths.map(there))).every(Boolean);
    const at = (place: DataPlace, set?: FileSet): DataStatus => ({
      place,
      folder: this.#folderOf(entry, place),
      ...(set && { set }),
    });
    if (this.#dataDir !== undefined) {
      await this.#checkDataDir();
      for (const set of entry.sets.filter(isMirrored)) {
        const paths = set.files.map(({ mirror }) => join(this.#dataDir as string, mirror as string));
        if (await all(paths)) return at('mirror', set);
      }
    }
    for (const set of this.#cached(entry)) {
      if (await all(set.files.map((file) => this.#path(entry, file)))) return at('cache', set);
    }
    if (entry.generated) return at('generated', entry.sets[0]);
    const set = entry.sets.find(isDownloadable);
    return set ? at('download', set) : at('nowhere');
  }

  #folderOf(entry: DataSetEntry, place: DataPlace): string {
    return place === 'mirror' ? (this.#dataDir as string) : join(this.#cacheDir, entry.name);
  }

  #path = (entry: DataSetEntry, file: DataFile): string => join(this.#cacheDir, entry.name, file.name);

  #cached = (entry: DataSetEntry): readonly FileSet[] =>
    entry.sets.filter((set) => isDownloadable(set) || entry.generated);

  /** A mirror folder that is named and is not there is an error: it was named for a reason. */
  async #checkDataDir(): Promise<void> {
    const dataDir = this.#dataDir as string;
    const found = await stat(dataDir).catch(() => null);
    if (found?.isDirectory()) return;
    throw new DataSetError(
      'data.mirrorMissing',
      `The mirror folder ${dataDir} ${found ? 'is a file' : 'does not exist'}. Name another in --data-dir or LUMBRE_DATA, or none.`,
      { name: dataDir },
    );
  }

  async #find(entry: DataSetEntry): Promise<Found | null> {
    const dataDir = this.#dataDir;
    if (dataDir !== undefined) {
      await this.#checkDataDir();
      const read = (path: string) => readIfThere(join(dataDir, path));
      const found = await readFromMirror(entry, read, { ...zlib, root: dataDir });
      if (found) return { place: 'mirror', ...found };
    }
    for (const set of this.#cached(entry)) {
      const parts = await this.#readCached(entry, set);
      if (parts) return { place: 'cache', set, parts };
    }
    return null;
  }

  /** What a file of the cache holds; null when it is not there. @throws DataSetError when it is not what it was */
  async #readFile(entry: DataSetEntry, file: DataFile): Promise<DataPart | null> {
    const path = this.#path(entry, file);
    const bytes = await readIfThere(path);
    if (bytes === null) return null;
    // What is made here is compared with what it was; only the mirror's copy has the recorded hash.
    const expected = hashIn(await readNote(`${path}.json`)) ?? (entry.generated ? undefined : file.sha256);
    const loose = entry.generated ? { ...file, bytes: undefined, sha256: undefined } : file;
    const { content } = await verifyFile(loose, bytes, path, { ...zlib, ...(expected && { expected }) });
    return { role: file.role, name: path, content };
  }

  async #readCached(entry: DataSetEntry, set: FileSet): Promise<readonly DataPart[] | null> {
    const parts: DataPart[] = [];
    for (const file of set.files) {
      const part = await this.#readFile(entry, file);
      if (part === null) return null;
      parts.push(part);
    }
    return parts;
  }

  async #fetch(entry: DataSetEntry, { download: wish, signal }: OpenOptions, force = false): Promise<Found> {
    if (entry.generated) return this.#generate(entry);
    const set = entry.sets.find(isDownloadable);
    if (!set) {
      const files = entry.sets.flatMap(({ files }) => files.map(({ mirror }) => mirror)).join(', ');
      throw new DataSetError(
        'data.onlyMirror',
        `${entry.name} cannot be downloaded: ${entry.mirrorOnly?.en ?? 'nobody publishes it as files'}. Name a mirror folder ` +
          `that has ${files} in --data-dir or LUMBRE_DATA. Its source: ${entry.source}`,
        { name: entry.name, files, source: entry.source },
      );
    }
    const mode = wish ?? this.#options.download ?? 'no';
    const may = mode === 'yes' || (mode === 'ask' && ((await this.#options.confirm?.(entry)) ?? false));
    if (!may) {
      throw new DataSetError(
        'data.notHere',
        `${entry.name} is not here yet. \`lumbre data get ${entry.name}\` downloads it from ${entry.source}; ` +
          '--data-dir or LUMBRE_DATA names a folder that has it.',
        { name: entry.name, source: entry.source },
      );
    }
    for (const file of set.files) {
      // Of several files, some may have come before the connection broke.
      const isHere = !force && (await this.#readFile(entry, file).catch(() => null)) !== null;
      if (!isHere) await this.#download(entry, file, signal);
    }
    const parts = await this.#readCached(entry, set);
    if (!parts) throw new Error(`${entry.name} was downloaded, and its files are gone again.`);
    return { place: 'cache', set, parts };
  }

  async #download(entry: DataSetEntry, file: DataFile, signal?: AbortSignal): Promise<void> {
    const path = this.#path(entry, file);
    const { tries, backoffMs, timeoutMs, progress } = this.#options;
    await download(
      file.urls as readonly string[],
      path,
      {
        name: file.name,
        maximumBytes: maximumBytesOf(file),
        firstBytes: file.firstBytes,
        expectedBytes: file.downloadBytes,
        progress,
        signal,
        tries,
        backoffMs,
        timeoutMs,
      },
      async (part, url) => {
        const bytes = (await readIfThere(part)) as Uint8Array;
        const { sha256 } = await verifyFile(file, bytes, url, zlib);
        await writeWhole(`${path}.json`, JSON.stringify({ url, sha256, date: new Date().toISOString() }));
      },
    );
  }

  /** Makes the faces, and keeps them. A folder that cannot be written to only means that they are made each time. */
  async #generate(entry: DataSetEntry): Promise<Found> {
    const set = entry.sets[0] as FileSet;
    const made = await makePixelFaces();
    const parts: DataPart[] = [];
    for (const file of set.files) {
      const bytes = file.role === 'images' ? made.images : made.labels;
      const path = this.#path(entry, file);
      const { content, sha256 } = await verifyFile(
        { ...file, bytes: undefined, sha256: undefined },
        bytes,
        path,
        zlib,
      );
      parts.push({ role: file.role, name: path, content });
      await writeWhole(path, bytes)
        .then(() => writeWhole(`${path}.json`, JSON.stringify({ sha256, generated: true })))
        .catch(() => undefined);
    }
    return { place: 'generated', set, parts };
  }
}

/** Data sets from a mirror folder, the cache, and, where it was wished for, the network. */
export const openDataSource = (options: DataSourceOptions = {}): NodeDataSource =>
  new NodeDataSource(options);
