/**
 * What the frame of the cells may do: run what it is given, and nothing else. No network, no storage: with `sandbox` it has no
 * origin, wherever it is opened from. `runner.html` says the same of itself.
 */
export const runnerPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
  'worker-src blob:',
  "connect-src 'none'",
  'sandbox allow-scripts',
].join('; ');
