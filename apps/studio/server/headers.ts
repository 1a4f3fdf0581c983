/** What the Studio's pages may do: what they are made of comes from here, and from nowhere else. */
const pagePolicy = [
  "default-src 'none'",
  // The engine compiles WebAssembly; no other program is made from text.
  "script-src 'self' 'wasm-unsafe-eval'",
  // The engine's threads begin as text.
  "worker-src 'self' blob:",
  "connect-src 'self'",
  // Pictures and formulas place themselves.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The frame of the cells runs what learners write, and nothing else: no network, no storage, and by `sandbox` no origin, wherever
 * it is opened from.
 */
export const runnerPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
  'worker-src blob:',
  "connect-src 'none'",
  'sandbox allow-scripts',
].join('; ');

/** What every answer says. */
const always: Readonly<Record<string, string>> = {
  // Shared memory, and with it threads, needs a page that is isolated from other origins.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

const forEver = 'public, max-age=31536000, immutable';

/** Files whose names change with what is in them may be kept for ever; of the others it is asked whether they are still true. */
const cacheOf = (path: string): string => (path.startsWith('/assets/') ? forEver : 'no-cache');

/** The headers of the answer to a path. `isolated: false` is for trying what happens without threads. */
export function headersFor(path: string, { isolated = true } = {}): Record<string, string> {
  const runner = path === '/runner.html';
  const headers: Record<string, string> = {
    ...always,
    'Content-Security-Policy': runner ? runnerPolicy : pagePolicy,
    // The frame is opened without a network too, and no service worker stands before a page of no origin. Its address changes
    // with what is in it.
    'Cache-Control': runner ? forEver : cacheOf(path),
  };
  if (isolated) return headers;
  delete headers['Cross-Origin-Opener-Policy'];
  delete headers['Cross-Origin-Embedder-Policy'];
  return headers;
}
