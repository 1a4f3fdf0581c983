import type { HubProgress } from '../../hub/repository.ts';
import { barsDisabled } from './settings.ts';

const WIDTH = 24;
/** Milliseconds between pictures of the bar, and before the first: small files need none. */
const PAUSE_MS = 100;
const FIRST_MS = 400;

const size = (bytes: number): string =>
  bytes < 1e5
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;

/** One line of a bar: `gpt2/model.safetensors  ━━━━  42 %  230.1 MB / 548.1 MB  12.0 MB/s`. */
export function barOf({ name, bytes, total, rate }: HubProgress, columns: number): string {
  const speed = rate > 0 ? `  ${size(rate)}/s` : '';
  if (total === undefined || total === 0) return `${name}  ${size(bytes)}${speed}`.slice(0, columns);
  const share = Math.min(1, bytes / total);
  const full = Math.round(share * WIDTH);
  const bar = '━'.repeat(full) + '─'.repeat(WIDTH - full);
  const line = `  ${bar}  ${Math.floor(share * 100)} %  ${size(bytes)} / ${size(total)}${speed}`;
  return `${name.slice(0, Math.max(8, columns - line.length))}${line}`.slice(0, columns);
}

/**
 * Draws what is downloaded on the terminal that errors go to, where there is one: who calls a function of the library and
 * waits for half a gigabyte should see why. `HF_HUB_DISABLE_PROGRESS_BARS` switches it off.
 */
export function progressBar(
  output: NodeJS.WriteStream = process.stderr,
): ((progress: HubProgress) => void) | undefined {
  if (!output.isTTY || barsDisabled()) return undefined;
  let name = '';
  let started = 0;
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.name !== name) {
      name = progress.name;
      started = now;
      last = 0;
    }
    const whole = progress.bytes === progress.total;
    const isDrawn = last > 0;
    if (whole ? !isDrawn : now - started < FIRST_MS || now - last < PAUSE_MS) return;
    last = now;
    // To the beginning of the line, and what is behind its new end away.
    output.write(`\r${barOf(progress, (output.columns ?? 80) - 1)}\u001b[K${whole ? '\n' : ''}`);
    if (whole) name = '';
  };
}
