import type { RunFiles } from 'lumbre/train';

/** What the laboratory asks of the place where a run lies: the files of the command line, and their names. */
export interface RunFolder extends RunFiles {
  names(): Promise<string[]>;
}

const encoder = new TextEncoder();
const toBytes = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? encoder.encode(content) : content;

/** A run in memory: one that was read from a file and is not kept yet, or of a browser that keeps nothing. */
export class MemoryFolder implements RunFolder {
  readonly #files: Map<string, Uint8Array>;

  constructor(files: Iterable<readonly [string, Uint8Array]> = []) {
    this.#files = new Map(files);
  }

  async names(): Promise<string[]> {
    return [...this.#files.keys()];
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.#files.get(name) ?? null;
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.#files.set(name, toBytes(content));
  }

  async append(name: string, content: Uint8Array | string): Promise<void> {
    const before = this.#files.get(name) ?? new Uint8Array();
    const more = toBytes(content);
    const whole = new Uint8Array(before.length + more.length);
    whole.set(before);
    whole.set(more, before.length);
    this.#files.set(name, whole);
  }
}

/** Files of a worker's own file system have more than TypeScript's library of the page tells. */
interface WorkerFile extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<{
    getSize(): number;
    write(bytes: Uint8Array, at: { at: number }): number;
    truncate(size: number): void;
    flush(): void;
    close(): void;
  }>;
  move?(name: string): Promise<void>;
}

const isMissing = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotFoundError';

/** Writes bytes from a position on, to the disk. */
async function writeAt(file: WorkerFile, bytes: Uint8Array, append: boolean): Promise<void> {
  const handle = await file.createSyncAccessHandle();
  try {
    const start = append ? handle.getSize() : 0;
    if (!append) handle.truncate(0);
    let written = 0;
    while (written < bytes.length) {
      const count = handle.write(bytes.subarray(written), { at: start + written });
      if (count <= 0) throw new DOMException('No room is left.', 'QuotaExceededError');
      written += count;
    }
    handle.flush();
  } finally {
    handle.close();
  }
}

const TEMPORARY = '.new';

/** A run in a folder of the browser's own file system. */
export class BrowserFolder implements RunFolder {
  readonly #folder: FileSystemDirectoryHandle;

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of (this.#folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
      if (!name.endsWith(TEMPORARY)) names.push(name);
    }
    return names;
  }

  async read(name: string): Promise<Uint8Array | null> {
    try {
      const file = await (await this.#folder.getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Into a new file first, which then takes the place of the old one: a tab that is closed meanwhile loses neither. */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    const bytes = toBytes(content);
    const file = (await this.#folder.getFileHandle(name + TEMPORARY, { create: true })) as WorkerFile;
    if (file.move) {
      await writeAt(file, bytes, false);
      await file.move(name);
      return;
    }
    // The browser's own way to the same end: what is written replaces the file when it is closed.
    await this.#folder.removeEntry(file.name);
    const target = await this.#folder.getFileHandle(name, { create: true });
    const stream = await target.createWritable();
    try {
      await stream.write(bytes as Uint8Array<ArrayBuffer>);
    } catch (error) {
      await stream.abort();
      throw error;
    }
    await stream.close();
  }

  async append(name: string, content: Uint8Array | string): Promise<void> {
    const file = (await this.#folder.getFileHandle(name, { create: true })) as WorkerFile;
    await writeAt(file, toBytes(content), true);
  }
}

/** Copies a run, its configuration last: a folder with a configuration is a run. */
export async function copyRun(from: RunFolder, to: RunFolder): Promise<void> {
  const names = await from.names();
  const inOrder = names.toSorted((a, b) => Number(a === 'config.json') - Number(b === 'config.json'));
  for (const name of inOrder) {
    const content = await from.read(name);
    if (content) await to.write(name, content);
  }
}
