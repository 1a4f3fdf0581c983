import { mkdir, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSetError } from '../data/index.ts';
import { readNote, writeWhole } from './files.ts';
import { withLock } from './lock.ts';

/** How far a download is. */
export interface DownloadProgress {
  readonly name: string;
  readonly url: string;
  /** Bytes that are here, those of an earlier try among them. */
  readonly bytes: number;
  /** How many there will be; undefined when the server does not say. */
  readonly total: number | undefined;
  /** Bytes a second, over this try. */
  readonly rate: number;
}

export interface DownloadOptions {
  /** What the file is called in messages. */
  readonly name: string;
  /** More bytes than this are refused. */
  readonly maximumBytes: number;
  /** Only this many from the beginning are wanted. */
  readonly firstBytes?: number;
  /** Expected where the server does not say. */
  readonly expectedBytes?: number;
  readonly progress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** Tries for each address. Default 4. */
  readonly tries?: number;
  /** Milliseconds before the second try; they double with each. Default 500. */
  readonly backoffMs?: number;
  /** Milliseconds without a byte after which a try is given up. Default 30000. */
  readonly timeoutMs?: number;
}

/** What was noted of a half download, to see whether the rest still belongs to it. */
interface Half {
  readonly url: string;
  readonly validator: string;
}

/** An answer that another try will not change. */
class FinalError extends Error {}
class TooLargeError extends FinalError {}

const isHalf = (value: unknown): value is Half =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Half).url === 'string' &&
  typeof (value as Half).validator === 'string';

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  return cause.message || String(code ?? cause.name);
};

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;

/** A validator that says the bytes are the same ones: a strong ETag, or else the date. */
function validatorOf(headers: Headers): string {
  const tag = headers.get('etag');
  return tag && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '');
}

/** Where a partial answer begins, and how long the whole is: `bytes 100-199/200`. */
function contentRange(
  headers: Headers,
): { readonly start: number; readonly total: number | undefined } | null {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  return match && { start: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}

/** Aborts when no byte came for a while. */
function idleTimer(milliseconds: number, outer?: AbortSignal) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const touch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => controller.abort(new Error(`no answer for ${milliseconds / 1000} s`)),
      milliseconds,
    );
  };
  touch();
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  return { signal, touch, stop: () => clearTimeout(timer) };
}

/** One try: goes on where the half download ends, or begins anew. @throws Error when the file is not whole then */
async function attempt(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { name, maximumBytes, firstBytes, expectedBytes, progress } = options;
  const notePath = `${part}.json`;
  const note = await readNote(notePath);
  let have = await sizeOf(part);
  const half = isHalf(note) && note.url === url && note.validator !== '' ? note : null;
  if (have > 0 && (!half || have > (firstBytes ?? maximumBytes))) have = 0;
  if (half && firstBytes !== undefined && have === firstBytes) return;

  const idle = idleTimer(options.timeoutMs ?? 30_000, options.signal);
  try {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (have > 0 || firstBytes !== undefined) {
      headers.range = `bytes=${have}-${firstBytes === undefined ? '' : firstBytes - 1}`;
    }
    if (have > 0 && half) headers['if-range'] = half.validator;
    const response = await fetch(url, { headers, signal: idle.signal, redirect: 'follow' });
    if (response.status === 416) {
      // What is here is the whole already, or more than there is: only a new beginning can tell.
      await rm(part, { force: true });
      await response.body?.cancel();
      throw new Error(`the server has no bytes from ${have} on`);
    }
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      const message = `the server answered ${response.status} ${response.statusText}`.trim();
      const final = response.status < 500 && response.status !== 408 && response.status !== 429;
      throw final ? new FinalError(message) : new Error(message);
    }
    const range = response.status === 206 ? contentRange(response.headers) : null;
    if (response.status === 206 && range?.start !== have) {
      await response.body?.cancel();
      await rm(part, { force: true });
      throw new Error(`the server sent bytes from ${range?.start} on, and ${have} was asked for`);
    }
    if (response.status === 200) have = 0;
    // What was packed on its way has another length there, and cannot be gone on with.
    const isPacked = (response.headers.get('content-encoding') ?? 'identity') !== 'identity';
    const length = isPacked ? null : response.headers.get('content-length');
    const whole =
      range?.total ??
      (response.status === 200 && length !== null ? Number(length) : undefined) ??
      expectedBytes;
    const total = firstBytes === undefined ? whole : Math.min(firstBytes, whole ?? firstBytes);
    if (total !== undefined && total > maximumBytes) {
      await response.body?.cancel();
      throw new TooLargeError(`it has ${total} bytes, and at most ${maximumBytes} were expected`);
    }
    await truncate(part, have).catch(() => undefined);
    await writeWhole(
      notePath,
      JSON.stringify({ url, validator: isPacked ? '' : validatorOf(response.headers) } satisfies Half),
    );
    if (!response.body) throw new Error('the server sent nothing');

    const file = await open(part, have > 0 ? 'a' : 'w');
    const started = performance.now();
    const before = have;
    const report = (): void => {
      const seconds = (performance.now() - started) / 1000;
      progress?.({ name, url, bytes: have, total, rate: seconds > 0 ? (have - before) / seconds : 0 });
    };
    try {
      report();
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        idle.touch();
        const rest = (firstBytes ?? Number.POSITIVE_INFINITY) - have;
        const bytes = chunk.length > rest ? chunk.subarray(0, rest) : chunk;
        have += bytes.length;
        if (have > maximumBytes)
          throw new TooLargeError(`more than the ${maximumBytes} bytes that were expected came`);
        await file.writeFile(bytes);
        report();
        if (have === firstBytes) break;
      }
    } finally {
      await file.close();
    }
    const exact =
      response.status === 200 && length !== null && firstBytes === undefined ? Number(length) : range?.total;
    const wanted = firstBytes === undefined ? exact : Math.min(firstBytes, exact ?? firstBytes);
    if (wanted !== undefined && have < wanted) {
      throw new Error(`the connection ended after ${have} of ${wanted} bytes`);
    }
  } finally {
    idle.stop();
  }
}

/**
 * Downloads a file to `path`, by HTTP or HTTPS: into `path.part`, which a later call goes on with where the server allows it
 * and the file there is still the same (by its ETag or date), and begins anew otherwise. Fails only after several tries with
 * each address.
 *
 * @param check looks at the whole file before it gets its name; when it throws, the file is deleted
 * @throws DataSetError `data.status`, `data.offline`, `data.tooLarge`, `data.busy` or `data.aborted`
 */
export async function download(
  urls: readonly string[],
  path: string,
  options: DownloadOptions,
  check: (part: string, url: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const { name, signal, tries = 4, backoffMs = 500 } = options;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  await withLock(`${part}.lock`, name, async () => {
    const failures: string[] = [];
    let final = false;
    let tooLarge = false;
    for (const url of urls) {
      for (let number = 1; number <= tries; number++) {
        try {
          await attempt(url, part, options);
          try {
            await check(part, url);
          } catch (error) {
            await rm(part, { force: true });
            throw error;
          }
          await rename(part, path);
          await rm(`${part}.json`, { force: true });
          return;
        } catch (error) {
          if (error instanceof DataSetError) throw error;
          if (signal?.aborted) {
            throw new DataSetError(
              'data.aborted',
              `The download of ${name} was stopped; the next one goes on from there.`,
              { name },
              { cause: error },
            );
          }
          if (isOfFileSystem(error)) throw error;
          failures.push(`${url}: ${reasonOf(error)}`);
          final = error instanceof FinalError;
          tooLarge ||= error instanceof TooLargeError;
          if (final) break;
          if (number < tries)
            await wait(backoffMs * 2 ** (number - 1), undefined, { signal }).catch(() => undefined);
        }
      }
    }
    const reason = [...new Set(failures)].join('; ');
    const code = tooLarge ? 'data.tooLarge' : final ? 'data.status' : 'data.offline';
    if (tooLarge) await rm(part, { force: true });
    throw new DataSetError(
      code,
      `${name} could not be downloaded (${reason}). ${
        code === 'data.offline' ? 'Is there a network? ' : ''
      }A mirror folder can take its place (--data-dir, LUMBRE_DATA), or a file fetched by other means from ${urls[0]}.`,
      { name, reason, url: urls[0] as string },
    );
  });
}

const isOfFileSystem = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR'].includes(
    String((error as { code?: unknown } | null)?.code),
  );
