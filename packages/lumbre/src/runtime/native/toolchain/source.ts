import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A C file with the files that it includes by `#include "…"` written in their places, each once, as `#pragma once` would
 * have it. A text that is complete is its own cache key, and can be compiled in any folder.
 * @throws Error when a file cannot be read
 */
export function readSource(file: string | URL): string {
  return expand(typeof file === 'string' ? file : fileURLToPath(file), new Set());
}

function expand(path: string, seen: Set<string>): string {
  const real = realpathSync(path);
  if (seen.has(real)) return '';
  seen.add(real);
  return readFileSync(real, 'utf8').replace(/^[ \t]*#[ \t]*include[ \t]+"([^"]+)".*$/gm, (_, name: string) =>
    expand(join(dirname(real), name), seen),
  );
}
