/** How long the surroundings wait at most: a screen's picture at 60 a second. */
const LONGEST_WAIT_MS = 16;

/**
 * For loops that compute for long: `await breathe()` now and then lets timers, clicks and signals through. It costs
 * nothing until 16 ms have passed since the last time.
 */
export function makeBreather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONGEST_WAIT_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
