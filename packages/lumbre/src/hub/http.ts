import { HubError, reasonOf } from './hubError.ts';

export interface HttpOptions {
  readonly signal?: AbortSignal;
  /** Tries for each request. Default 5. */
  readonly tries?: number;
  /** Milliseconds before the second try; they double with each, unless the server says how long. Default 500. */
  readonly backoffMs?: number;
  /** Milliseconds without a byte after which a try is given up. Default 30000. */
  readonly timeoutMs?: number;
}

/** The longest that is waited because a server says so. */
const LONGEST_WAIT_MS = 120_000;

/** A failure that another try may mend; `waitMs` is what the server asks for. */
export class TryAgain extends Error {
  readonly waitMs: number | undefined;

  constructor(message: string, waitMs?: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** Another try cannot mend what the disk says. */
const isOfFileSystem = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST'].includes(
    String((error as { code?: unknown } | null)?.code),
  );

const wait = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      done();
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish);
    if (signal?.aborted) finish();
  });

/** Ends a try when nothing came for a while, or when `outer` ends everything. */
function idleTimer(milliseconds: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const end = (): void => controller.abort(outer?.reason);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const touch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => controller.abort(new Error(`no answer for ${milliseconds / 1000} s`)),
      milliseconds,
    );
  };
  if (outer?.aborted) end();
  outer?.addEventListener('abort', end);
  touch();
  return {
    signal: controller.signal,
    touch,
    stop(): void {
      clearTimeout(timer);
      outer?.removeEventListener('abort', end);
    },
  };
}

/** What one try gets: a signal for `fetch`, and what to call when bytes came. */
export interface Attempt {
  readonly signal: AbortSignal;
  readonly touch: () => void;
}

/**
 * Does something over the network, again when it fails: with longer and longer pauses, or those that the server asks for. A
 * HubError and what the disk says are final.
 * @throws HubError `hub.offline` when all tries failed, `hub.aborted`
 */
export async function withTries<T>(
  url: string,
  { signal, tries = 5, backoffMs = 500, timeoutMs = 30_000 }: HttpOptions,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const failures = new Set<string>();
  for (let number = 1; ; number++) {
    const idle = idleTimer(timeoutMs, signal);
    try {
      if (signal?.aborted) throw signal.reason;
      return await work(idle);
    } catch (error) {
      if (signal?.aborted) {
        const message = `hub: the download from ${hostOf(url)} was stopped; the next one goes on from there.`;
        throw new HubError('hub.aborted', message, { url: withoutQuery(url) }, { cause: error });
      }
      if (error instanceof HubError || isOfFileSystem(error)) throw error;
      failures.add(reasonOf(idle.signal.aborted ? idle.signal.reason : error));
      if (number >= tries) {
        const reason = [...failures].join('; ');
        throw new HubError(
          'hub.offline',
          `hub: ${hostOf(url)} could not be reached or did not answer as it should (${reason}). Is there a network? Files ` +
            'that were downloaded before are found with { localFilesOnly: true }, or HF_HUB_OFFLINE=1.',
          { url: withoutQuery(url), host: hostOf(url), reason },
          { cause: error },
        );
      }
      const asked = error instanceof TryAgain ? error.waitMs : undefined;
      await wait(Math.min(asked ?? backoffMs * 2 ** (number - 1), LONGEST_WAIT_MS), signal);
    } finally {
      idle.stop();
    }
  }
}

export const hostOf = (url: string): string => new URL(url).host;

/** Addresses of a CDN carry signatures in their queries, which belong into no message. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Milliseconds that a server asks to wait: `Retry-After` in seconds or as a date, or Hugging Face's `RateLimit: …;t=55`. */
export function retryAfter(headers: Headers, now = Date.now()): number | undefined {
  const asked = headers.get('retry-after');
  if (asked !== null) {
    const wait = /^\d{1,9}$/.test(asked.trim()) ? Number(asked) * 1000 : Date.parse(asked) - now;
    if (Number.isFinite(wait)) return Math.max(0, wait);
  }
  const limit = /;\s*t=(\d{1,9})/.exec(headers.get('ratelimit') ?? '');
  return limit ? Number(limit[1]) * 1000 : undefined;
}

/** @throws TryAgain for answers that may be others the next time: too many requests, a server's own failure */
export async function refuseTemporary(response: Response): Promise<void> {
  const { status, headers } = response;
  if (status !== 408 && status !== 429 && status < 500) return;
  await response.body?.cancel();
  throw new TryAgain(`the server answered ${status}`, retryAfter(headers));
}

/** Where a partial answer begins, and how long the whole is: `bytes 100-199/200`. */
export function contentRange(headers: Headers): { readonly start: number; readonly total: number } | null {
  const match = /^bytes (\d{1,16})-\d{1,16}\/(\d{1,16})$/.exec(headers.get('content-range') ?? '');
  return match && { start: Number(match[1]), total: Number(match[2]) };
}

/** The size that a whole answer announces, where it was not packed on its way. */
export function contentLength(headers: Headers): number | undefined {
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return undefined;
  const length = headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/**
 * The body of an answer, piece by piece.
 * @throws HubError `hub.tooLarge` as soon as there are more bytes than `most`
 */
export async function* bodyOf(
  response: Response,
  { touch }: Attempt,
  most: number,
  what: string,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  let have = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      touch();
      have += value.length;
      if (have > most) {
        throw new HubError(
          'hub.tooLarge',
          `hub: the server sent more bytes of ${what} than the ${most} that were expected.`,
          { what, most },
        );
      }
      yield value;
    }
  } finally {
    // Without a wait: a connection that hangs would hang here too.
    void reader.cancel().catch(() => undefined);
  }
}

/** A body as one array. @throws as `bodyOf` */
export async function wholeBody(
  response: Response,
  attempt: Attempt,
  most: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bodyOf(response, attempt, most, what)) {
    pieces.push(piece);
    size += piece.length;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
