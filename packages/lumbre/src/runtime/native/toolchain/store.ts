import { createHash, type Hash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { batchOf, forget, libraryPath, publish, remove, sha256, uniqueName, verify } from './batches.ts';
import { hasRoom, openKernelFolder, prepare, temporaryFolder } from './cacheFolder.ts';
import { Compilation } from './compilation.ts';
import { CompileError } from './compileError.ts';
import type { Compiler } from './compiler.ts';
import {
  type CacheInfo,
  type Cleared,
  cacheBound,
  cacheInfo,
  clearCache,
  evict,
  removeStale,
} from './contents.ts';
import { addonFlags, kernelFlags, libraries } from './flags.ts';
import { makeFolder } from './makeFolder.ts';
import { processorIdentity } from './processor.ts';
import { type KernelSource, splitKernels } from './split.ts';

export { CompileError } from './compileError.ts';
export type { KernelSource } from './split.ts';

/** Where a compiled function lies. */
export interface Library {
  readonly path: string;
  readonly symbol: string;
}

/** Kernels that are being compiled. */
export interface Build {
  /**
   * Blocks until they are there, also while the event loop is at rest.
   * @returns all kernels that were asked for, by key
   * @throws CompileError when one cannot be compiled
   */
  wait(): Map<string, Library>;
}

export interface StoreOptions {
  /** A folder of the caller's; unless given, the cache's own is opened. */
  readonly folder?: string;
  /** How long a file may take, in milliseconds: two minutes unless given. */
  readonly timeLimitMs?: number;
}

/** A C file on its way to become a batch. */
interface Unit {
  readonly source: string;
  readonly flags: readonly string[];
  readonly keys: readonly string[];
  readonly addon: boolean;
  /** Where it is compiled and kept. */
  folder: string;
  compilation: Compilation | null;
  outcome: { readonly path: string } | { readonly error: unknown } | null;
}

/** Changes when the layout of the folder, or what a kernel is called with, does. */
const FORMAT = 'lumbre kernels 1';
const TIME_LIMIT_MS = 120_000;
const MOST_PROCESSES = 4;
/** Other processes publish too: how often, in batches of our own, the folder is counted again. */
const COUNT_EVERY = 64;

/** What compilers and the system say of a disk that is full, or cannot be written any more. */
const DISK_PROBLEM = /No space left on device|Disk quota exceeded|Read-only file system|ENOSPC|EDQUOT|EROFS/;

const isLibrary = (bytes: Buffer): boolean =>
  // ELF; Mach-O of 64 bits; Mach-O for several processors.
  ['7f454c46', 'cffaedfe', 'cafebabe'].includes(bytes.subarray(0, 4).toString('hex'));

const symbolOf = (key: string): string => `kernel_${key}`;

/**
 * Compiled kernels on disk. Kernels that are missing are compiled together, by other processes, in the background. Several
 * processes may use one folder: `batches.ts` says why that needs no lock.
 */
export class KernelStore {
  readonly #compiler: Compiler;
  readonly #timeLimitMs: number;
  /** Hashes that have taken in all but the source. */
  readonly #kernelHash: Hash;
  readonly #addonHash: Hash;
  readonly #kernelFlags: readonly string[];
  readonly #addonFlags: readonly string[];
  /** The folder that is written to, and before a disk was full, others. */
  readonly #folders: string[];
  readonly #known = new Map<string, Library>();
  /** Paths of libraries that this process handed out, with the keys of what they hold. */
  readonly #verified = new Map<string, ReadonlySet<string>>();
  readonly #underWay = new Map<string, Unit>();
  /** Bytes in the folder, as far as this process knows; `null` before it counted. */
  #bytes: number | null = null;
  #published = 0;

  /**
   * @throws UnsafeFolderError when other users can write to the cache's folder
   * @throws Error when there is no folder that can be written to
   */
  constructor(compiler: Compiler, { folder, timeLimitMs = TIME_LIMIT_MS }: StoreOptions = {}) {
    this.#compiler = compiler;
    this.#timeLimitMs = timeLimitMs;
    this.#kernelFlags = kernelFlags(compiler);
    this.#addonFlags = addonFlags(compiler);
    this.#kernelHash = this.#hashOf('kernel', this.#kernelFlags);
    this.#addonHash = this.#hashOf('addon', this.#addonFlags);
    this.#folders = [folder ?? openKernelFolder()];
    removeStale(this.folder);
  }

  /** Where kernels are kept. */
  get folder(): string {
    return this.#folders[0] as string;
  }

  /**
   * What a kernel is called in the cache: equal for equal sources, compilers, flags and processors, in every process.
   * @param prelude the C text that it will be compiled with
   */
  keyOf(source: string, prelude = ''): string {
    // The length keeps the two texts apart.
    const text = `${prelude.length}\n${prelude}${source}`;
    return this.#kernelHash.copy().update(text).digest('hex').slice(0, 32);
  }

  /** A kernel that was compiled earlier, by this or by another process. */
  find(key: string): Library | null {
    const path = this.#pathOf(key);
    if (path === null) return null;
    const known = this.#known.get(key);
    if (known?.path === path) return known;
    const library = { path, symbol: symbolOf(key) };
    this.#known.set(key, library);
    return library;
  }

  /**
   * Starts to compile kernels, in the background, and returns. Those that another build of this store is compiling are
   * waited for instead.
   * @param prelude C text that comes first in each file
   */
  build(kernels: readonly KernelSource[], prelude: string): Build {
    const units = new Set<Unit>();
    const fresh = new Map<string, KernelSource>();
    for (const kernel of kernels) {
      const unit = this.#underWay.get(kernel.key);
      if (unit) units.add(unit);
      else fresh.set(kernel.key, kernel);
    }
    if (fresh.size > 0) {
      const processes = Math.min(availableParallelism(), MOST_PROCESSES);
      for (const file of splitKernels([...fresh.values()], processes)) {
        const unit: Unit = {
          source: `${prelude}\n${file.map(({ source }) => source).join('\n')}\n`,
          flags: this.#kernelFlags,
          keys: file.map(({ key }) => key),
          addon: false,
          folder: this.folder,
          compilation: null,
          outcome: null,
        };
        this.#launch(unit);
        units.add(unit);
      }
    }
    return {
      wait: () => {
        // All of them, before any error: none is to be left behind.
        for (const unit of units) this.#settle(unit);
        const built = new Map<string, Library>();
        for (const unit of units) {
          const { outcome } = unit;
          if (outcome && 'error' in outcome) throw outcome.error;
        }
        for (const { key } of kernels) {
          const library = this.#known.get(key);
          if (library) built.set(key, library);
        }
        return built;
      },
    };
  }

  /**
   * Compiles the addon, unless it is there, and waits for it.
   * @param source its whole text
   * @returns the path of a library for `process.dlopen`
   * @throws CompileError when it cannot be compiled
   */
  addon(source: string): string {
    const key = this.#addonHash.copy().update(source).digest('hex').slice(0, 32);
    const path = this.#pathOf(key);
    if (path !== null) return path;
    const unit: Unit = {
      source,
      flags: this.#addonFlags,
      keys: [key],
      addon: true,
      folder: this.folder,
      compilation: null,
      outcome: null,
    };
    this.#launch(unit);
    this.#settle(unit);
    const outcome = unit.outcome as NonNullable<Unit['outcome']>;
    if ('error' in outcome) throw outcome.error;
    return outcome.path;
  }

  /** What the folder holds. */
  info(): CacheInfo {
    return cacheInfo(this.folder);
  }

  /** Deletes all that the folder holds, what this process uses included: libraries that are loaded stay so. */
  clear(): Cleared {
    this.#known.clear();
    this.#verified.clear();
    this.#bytes = null;
    return clearCache(this.folder);
  }

  #hashOf(purpose: string, flags: readonly string[]): Hash {
    const { command, before, kind, version } = this.#compiler;
    const facts = [FORMAT, purpose, command, before, kind, version, flags, libraries, processorIdentity()];
    return createHash('sha256').update(JSON.stringify(facts));
  }

  /** The library with a key, compared with its sidecar if this process has not seen it yet. */
  #pathOf(key: string): string | null {
    for (const folder of this.#folders) {
      const batch = batchOf(folder, key);
      if (batch === null) continue;
      const path = libraryPath(folder, batch);
      if (!this.#verified.has(path)) {
        const sidecar = verify(folder, batch);
        if (sidecar) this.#verified.set(path, new Set(sidecar.kernels));
      } else if (!existsSync(path)) {
        // Another process cleared the cache.
        this.#verified.delete(path);
      }
      if (this.#verified.get(path)?.has(key)) return path;
      forget(folder, key, batch);
    }
    // Where the file system has no symbolic links, this process still knows its own.
    const own = this.#known.get(key);
    return own && existsSync(own.path) ? own.path : null;
  }

  /** Starts the compiler. That it cannot be started is told to whoever waits. */
  #launch(unit: Unit): void {
    try {
      // Somebody may have deleted it meanwhile.
      makeFolder(this.folder);
      unit.folder = this.folder;
      unit.compilation = new Compilation({
        folder: join(this.folder, `work-${uniqueName()}`),
        source: unit.source,
        command: [this.#compiler.command, ...this.#compiler.before, ...unit.flags],
        libraries,
        timeLimitMs: this.#timeLimitMs,
      });
    } catch (error) {
      if (this.#retreat(String(error))) this.#launch(unit);
      else unit.outcome = { error };
    }
    if (!unit.outcome) for (const key of unit.keys) this.#underWay.set(key, unit);
  }

  /** Waits for a unit and publishes it, or says why there is nothing to publish. */
  #settle(unit: Unit): void {
    while (unit.outcome === null) {
      const compilation = unit.compilation as Compilation;
      try {
        unit.outcome = { path: this.#finish(unit, compilation) };
      } catch (error) {
        // Another unit may have left the folder meanwhile. If not, this is asked before the compilation's files are
        // removed: they may be what fills the disk.
        const left = unit.folder !== this.folder;
        if (!left && !this.#retreat(error instanceof CompileError ? error.log : String(error))) {
          unit.outcome = { error };
        } else {
          if (error instanceof CompileError && error.source) remove(error.source);
          this.#launch(unit);
        }
      } finally {
        compilation.discard();
      }
    }
    for (const key of unit.keys) if (this.#underWay.get(key) === unit) this.#underWay.delete(key);
  }

  #finish(unit: Unit, compilation: Compilation): string {
    const outcome = compilation.wait();
    if ('problem' in outcome) throw this.#failure(unit, outcome.problem, outcome.log, outcome.source);
    const made = readFileSync(outcome.library);
    const missing = unit.addon ? undefined : unit.keys.find((key) => !made.includes(symbolOf(key)));
    if (!isLibrary(made) || missing !== undefined) {
      const problem = isLibrary(made)
        ? `its library has no function ${symbolOf(missing as string)}`
        : 'it made a file that is no library';
      throw this.#failure(unit, problem, '', outcome.source);
    }
    const { command, version } = this.#compiler;
    const batch = publish(unit.folder, outcome.library, made, {
      kernels: unit.keys,
      addon: unit.addon,
      compiler: `${command} ${version}`,
    });
    const path = libraryPath(unit.folder, batch);
    this.#verified.set(path, new Set(unit.keys));
    for (const key of unit.keys) this.#known.set(key, { path, symbol: symbolOf(key) });
    if (unit.folder === this.folder) this.#bound(made.byteLength);
    return path;
  }

  /** What is told of a unit that failed. Its source is kept under a name that the same source gets again. */
  #failure(unit: Unit, problem: string, log: string, source: string): CompileError {
    let kept: string | null = join(unit.folder, `failed-${sha256(unit.source).slice(0, 16)}.c`);
    try {
      renameSync(source, kept);
    } catch {
      kept = null;
    }
    const what = unit.addon
      ? 'the addon'
      : unit.keys.length === 1
        ? 'a kernel'
        : `${unit.keys.length} kernels`;
    return new CompileError({ what, command: this.#compiler.command, problem, log, source: kept });
  }

  /**
   * Goes on in a temporary folder when the one in use is full or cannot be written any more.
   * @param log what a failure said
   * @returns whether there is a reason to try again
   */
  #retreat(log: string): boolean {
    if (this.#folders.length > 1) return false;
    let reason = DISK_PROBLEM.exec(log)?.[0];
    if (reason === undefined) {
      // A compiler without room says half of it or nothing, and may have removed what filled the disk. That a faulty
      // source on a nearly full disk is compiled twice does no harm.
      try {
        prepare(this.folder);
        if (hasRoom(this.folder)) return false;
        reason = 'the disk is full';
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    this.#folders.unshift(temporaryFolder(this.folder, reason));
    this.#bytes = null;
    return true;
  }

  /** Keeps the folder within its bound. It is listed the first time, when the bound is near, and now and then. */
  #bound(added: number): void {
    const bound = cacheBound();
    if (this.#bytes !== null) this.#bytes += added;
    if (this.#bytes === null || this.#bytes > bound.bytes || this.#published % COUNT_EVERY === 0) {
      const { folder } = this;
      this.#bytes = evict(folder, bound, (batch) => this.#verified.has(libraryPath(folder, batch)));
    }
    this.#published++;
  }
}
