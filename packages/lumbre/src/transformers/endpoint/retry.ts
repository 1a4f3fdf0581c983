export interface RetryOptions {
  /** How many times it is tried again. Default 2. */
  readonly maxRetries: number;
  /** Milliseconds before the first new try; each further one waits twice as long, 8 s at most. Default 500. */
  readonly retryDelay: number;
}

/** The longest wait that a server may ask for, in milliseconds: a longer one is told to who asked. */
const LONGEST_ASKED = 60_000;
const LONGEST_DELAY = 8000;

/** What a server says of when to ask again, in milliseconds: `Retry-After` has seconds or a date. */
export function retryAfter(headers: Headers, now: number = Date.now()): number | null {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return exact;
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? 1000 * seconds : Date.parse(value) - now;
  return wait >= 0 ? wait : null;
}

/**
 * How long to wait before try `attempt` (from 0), in milliseconds; null when it is not worth while. A quarter is left to
 * chance, so that many who were refused together do not come back together.
 */
export function delayBefore(
  attempt: number,
  { maxRetries, retryDelay }: RetryOptions,
  asked: number | null,
  random: number = Math.random(),
): number | null {
  if (attempt >= maxRetries || (asked ?? 0) > LONGEST_ASKED) return null;
  return asked ?? Math.min(retryDelay * 2 ** attempt, LONGEST_DELAY) * (1 - 0.25 * random);
}

/** Waits. @throws the signal's reason */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}
