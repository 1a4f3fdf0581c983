import {
  type Attempt,
  contentLength,
  contentRange,
  type HttpOptions,
  refuseTemporary,
  TryAgain,
  wholeBody,
  withTries,
} from './http.ts';
import { HubError } from './hubError.ts';
import { checkRange, memoryFile, type RandomAccessFile } from './randomAccess.ts';
import type { HubProgress } from './repository.ts';

/** Bytes of a file come, and are kept, in pieces of this size. */
export const CHUNK_BYTES = 2 ** 23;
/** A server that sends no parts of files may send whole ones up to here: they are kept in memory. */
const MOST_WHOLE_BYTES = 2 ** 31 - 1;

/** Where pieces of a file that came over the network are kept; null when there is no such piece. */
export interface ChunkStore {
  get(part: number): Promise<Uint8Array<ArrayBuffer> | null>;
  put(part: number, bytes: Uint8Array<ArrayBuffer>, size: number): Promise<void>;
  /** The size of the file, where any piece of it is kept. */
  size(): Promise<number | undefined>;
}

export interface HttpFileOptions extends HttpOptions {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly store?: ChunkStore;
  /** Nothing is fetched: what is not in the store is missing. */
  readonly offline?: boolean;
  readonly progress?: (progress: HubProgress) => void;
  /** Says what an answer means that is no success; null for a file that is not there. */
  readonly meaning: (response: Response) => HubError | null;
}

interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly total: number;
  /** Says that later parts are of the same file: a strong ETag, or else the date. */
  readonly validator: string;
  /** Whether `bytes` are the whole file, since the server knows no parts. */
  readonly whole: boolean;
}

/**
 * A file of a web server, of which parts are fetched when they are read. They come in pieces of 8 MiB, the next one while the
 * one before is used, and go to `store` where there is one; a connection that breaks costs a piece.
 * @returns null when there is no such file
 */
export async function openHttpFile(url: string, options: HttpFileOptions): Promise<RandomAccessFile | null> {
  const { name, store } = options;
  const kept = await store?.size();
  if (kept !== undefined) return new HttpFile(url, options, kept, '');
  const first = await fetchPart(url, options, 0, CHUNK_BYTES, '');
  if (first === null) return null;
  if (first.whole) {
    for (let part = 0; part * CHUNK_BYTES < first.bytes.length || part === 0; part++) {
      const piece = first.bytes.slice(part * CHUNK_BYTES, (part + 1) * CHUNK_BYTES);
      await store?.put(part, piece, first.total);
    }
    return memoryFile(first.bytes, name);
  }
  await store?.put(0, first.bytes, first.total);
  return new HttpFile(url, options, first.total, first.validator, first.bytes);
}

/** Asks for the bytes from `start` up to `end`, or up to the end of the file if that comes first. */
async function fetchPart(
  url: string,
  options: HttpFileOptions,
  start: number,
  end: number,
  validator: string,
  expectedTotal?: number,
): Promise<Part | null> {
  if (options.offline) {
    throw new HubError(
      'hub.notCached',
      `hub: ${options.name} is not kept here, and nothing may be fetched.`,
      {
        path: options.name,
      },
    );
  }
  return await withTries(url, options, async (attempt) => {
    const headers: Record<string, string> = { ...options.headers, range: `bytes=${start}-${end - 1}` };
    const response = await fetch(url, { headers, signal: attempt.signal });
    await refuseTemporary(response);
    const part = await partOf(response, options, attempt, start, end);
    if (part === null) return null;
    const changed =
      (expectedTotal !== undefined && part.total !== expectedTotal) ||
      (validator !== '' && part.validator !== '' && part.validator !== validator);
    if (changed) {
      throw new HubError(
        'hub.damaged',
        `hub: ${options.name} is another file on the server than it was a moment ago; open it again.`,
        { path: options.name },
      );
    }
    return part;
  });
}

async function partOf(
  response: Response,
  options: HttpFileOptions,
  attempt: Attempt,
  start: number,
  end: number,
): Promise<Part | null> {
  const { name } = options;
  const { status, headers } = response;
  // A file of no bytes has no first ones: servers call the range unsatisfiable.
  if (status === 416 && start === 0) {
    await response.body?.cancel();
    return { bytes: new Uint8Array(), total: 0, validator: '', whole: true };
  }
  if (status !== 200 && status !== 206) {
    await response.body?.cancel();
    const error = options.meaning(response);
    if (error) throw error;
    return null;
  }
  const tag = headers.get('etag');
  const validator = tag && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '');
  if (status === 200) {
    if (start > 0) {
      await response.body?.cancel();
      throw new TryAgain(`the server sent all of ${name}, of which a part was asked for`);
    }
    const length = contentLength(headers);
    const bytes = await wholeBody(response, attempt, length ?? MOST_WHOLE_BYTES, name);
    if (length !== undefined && bytes.length !== length) {
      throw new TryAgain(`the connection ended after ${bytes.length} of ${length} bytes`);
    }
    return { bytes, total: bytes.length, validator, whole: true };
  }
  const range = contentRange(headers);
  if (range === null || range.start !== start) {
    await response.body?.cancel();
    throw new TryAgain(`the server sent other bytes of ${name} than were asked for`);
  }
  const wanted = Math.min(end, range.total) - start;
  const bytes = await wholeBody(response, attempt, Math.max(0, wanted), name);
  if (bytes.length !== wanted) {
    throw new TryAgain(`the connection ended after ${bytes.length} of ${wanted} bytes`);
  }
  return { bytes, total: range.total, validator, whole: false };
}

class HttpFile implements RandomAccessFile {
  readonly name: string;
  readonly size: number;
  readonly #url: string;
  readonly #options: HttpFileOptions;
  readonly #validator: string;
  /** The pieces that are here or on their way: the one in use and the one after it. */
  readonly #parts = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  readonly #started = performance.now();
  #fetched = 0;
  readonly #seen = new Set<number>();
  #closed = false;

  constructor(
    url: string,
    options: HttpFileOptions,
    size: number,
    validator: string,
    first?: Uint8Array<ArrayBuffer>,
  ) {
    this.name = options.name;
    this.size = size;
    this.#url = url;
    this.#options = options;
    this.#validator = validator;
    if (first) {
      this.#parts.set(0, Promise.resolve(first));
      this.#tell(0, first.length, true);
    }
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    checkRange(this, start, end);
    const out = new Uint8Array(end - start);
    for (let at = start; at < end; ) {
      const part = Math.floor(at / CHUNK_BYTES);
      const bytes = await this.#part(part);
      const from = at - part * CHUNK_BYTES;
      const piece = bytes.subarray(from, Math.min(bytes.length, from + end - at));
      out.set(piece, at - start);
      at += piece.length;
    }
    return out;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#parts.clear();
  }

  #part(part: number): Promise<Uint8Array<ArrayBuffer>> {
    const here = this.#start(part);
    const next = part + 1;
    // A failure of what nobody has asked for yet is met when it is asked for.
    if (next * CHUNK_BYTES < this.size) void this.#start(next).catch(() => undefined);
    for (const other of this.#parts.keys()) {
      if (other !== part && other !== next) this.#parts.delete(other);
    }
    return here;
  }

  #start(part: number): Promise<Uint8Array<ArrayBuffer>> {
    const old = this.#parts.get(part);
    if (old) return old;
    const coming = this.#fetch(part);
    this.#parts.set(part, coming);
    coming.catch(() => this.#parts.delete(part));
    return coming;
  }

  async #fetch(part: number): Promise<Uint8Array<ArrayBuffer>> {
    const start = part * CHUNK_BYTES;
    const end = Math.min(this.size, start + CHUNK_BYTES);
    const kept = await this.#options.store?.get(part);
    if (kept?.length === end - start) {
      this.#tell(part, kept.length, false);
      return kept;
    }
    if (this.#closed) throw new Error(`hub: ${this.name} is closed.`);
    const fetched = await fetchPart(this.#url, this.#options, start, end, this.#validator, this.size);
    if (fetched === null) {
      throw new HubError('hub.noFile', `hub: ${this.name} is not on the server any more.`, {
        path: this.name,
      });
    }
    await this.#options.store?.put(part, fetched.bytes, this.size);
    this.#tell(part, fetched.bytes.length, true);
    return fetched.bytes;
  }

  #tell(part: number, bytes: number, fresh: boolean): void {
    if (fresh) this.#fetched += bytes;
    this.#seen.add(part);
    const seconds = (performance.now() - this.#started) / 1000;
    this.#options.progress?.({
      name: this.name,
      url: this.#url,
      bytes: Math.min(this.size, this.#seen.size * CHUNK_BYTES),
      total: this.size,
      rate: seconds > 0 ? this.#fetched / seconds : 0,
    });
  }
}
