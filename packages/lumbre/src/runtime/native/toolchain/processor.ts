import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The lines of /proc/cpuinfo that say what a processor can do, on x64 and on arm64. */
const TELLING = /^(model name|flags|Features|CPU implementer|CPU part)\s*:.*$/gm;

let identity: string | undefined;

/** What tells this machine's processor from others: code compiled for one may not run on another. */
export function processorIdentity(): string {
  if (identity === undefined) identity = readIdentity();
  return identity;
}

function readIdentity(): string {
  try {
    const first = new Map<string, string>();
    for (const [line, name] of readFileSync('/proc/cpuinfo', 'utf8').matchAll(TELLING)) {
      if (!first.has(name as string)) first.set(name as string, line);
    }
    if (first.size > 0) return [...first.values()].join('\n');
  } catch {
    // Not Linux.
  }
  return cpus()[0]?.model ?? process.arch;
}
