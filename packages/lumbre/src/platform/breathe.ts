/** How long the surroundings wait at most: a screen's picture at 60 a second. */
const LONGEST_WAIT_MS = 16;

/** A turn for all that waits. Node's timers wait a millisecond at least; its immediates do not, and come after timers. */
const turn = (): Promise<unknown> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve);
  });

/**
 * For loops that compute for long: `await breathe()` now and then lets timers, clicks and signals through. It costs
 * nothing until 16 ms have passed since the last time.
 */
export function makeBreather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONGEST_WAIT_MS) return;
    await turn();
    last = performance.now();
  };
}
